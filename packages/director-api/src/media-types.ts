/** Media types on which the Director's routes decide. A wrong one is answered with 404, as upstream does. */
export const mediaTypes = {
  json: 'application/json',
  yaml: 'text/yaml',
  tarball: 'application/x-compressed',
  multipart: 'multipart/form-data',
} as const;
