# frozen_string_literal: true

require 'rbconfig'

# Gems that Ruby itself brings; without RubyGems they must be on the load path to be found.
BUNDLED_GEMS = %w[base64 csv observer abbrev rexml matrix prime].freeze

gems = "#{RbConfig::CONFIG['rubylibprefix']}/gems/#{RbConfig::CONFIG['ruby_version']}/gems"
BUNDLED_GEMS.each { |gem| $LOAD_PATH.concat(Dir.glob("#{gems}/#{gem}-*/lib")) }

load '/socket.rb'
$LOADED_FEATURES << 'socket.rb'

%w[English json yaml erb ostruct ipaddr uri shellwords digest time set].each { |library| require library }
%w[blank lazy_struct properties links contexts isolation render].each { |source| load "/#{source}.rb" }
