// Loaded before the gateway. Writes a line for each request before it is answered, so that a test can count the requests. The log is a
// file, which Node writes synchronously, so the line exists before the answer is sent.
const http = require('http');

const emit = http.Server.prototype.emit;

http.Server.prototype.emit = function (event, ...args) {
  if (event === 'request') {
    process.stdout.write(`request ${args[0].method} ${args[0].url}\n`);
  }
  return emit.call(this, event, ...args);
};
