# frozen_string_literal: true

# WebAssembly has no sockets. `ipaddr` and `uri` need no more than the address families and their error class.
class SocketError < StandardError; end unless defined?(SocketError)

class Socket
  AF_UNSPEC = 0
  AF_INET = 2
  AF_INET6 = 10

  def initialize(*)
    raise NotImplementedError, 'templates have no network'
  end
end
