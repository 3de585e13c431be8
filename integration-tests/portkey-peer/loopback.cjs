// Loaded before the gateway. The gateway listens on all interfaces and has no option to change that, but a server started by a test
// must not be reachable from other machines.
const net = require('net');

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number') {
    if (typeof args[1] === 'string') {
      args[1] = '127.0.0.1';
    } else {
      args.splice(1, 0, '127.0.0.1');
    }
  } else if (args[0] && args[0].port !== undefined) {
    args[0].host = '127.0.0.1';
  }
  return listen.apply(this, args);
};
