// Loaded before the gateway: writes a line for each request before it is answered, so that a test can count what arrived.
// The log is a file, and Node writes to files synchronously: a line is there before its answer is.
const http = require('http');

const emit = http.Server.prototype.emit;

http.Server.prototype.emit = function (event, ...args) {
  if (event === 'request') {
    process.stdout.write(`request ${args[0].method} ${args[0].url}\n`);
  }
  return emit.call(this, event, ...args);
};
