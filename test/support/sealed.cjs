// Preloaded into a server that shall do without: each connection, name lookup and program that it tries is refused, and told to the parent.
const { ChildProcess, ...programs } = require('node:child_process');
const dgram = require('node:dgram');
const dns = require('node:dns');
const net = require('node:net');

/** Puts a refusal in the place of some methods of an object. */
function seal(name, holder, methods) {
  for (const method of methods) {
    holder[method] = () => {
      process.send({ refused: `${name}.${method}` });
      throw new Error(`${name}.${method} is refused here.`);
    };
  }
}

// All that does not wait for its program goes through ChildProcess.
seal('child_process', ChildProcess.prototype, ['spawn']);
seal(
  'child_process',
  require('node:child_process'),
  Object.keys(programs).filter((method) => method.endsWith('Sync')),
);
seal('net', net.Socket.prototype, ['connect']);
seal('net', net.Server.prototype, ['listen']);
seal('dgram', dgram.Socket.prototype, ['bind', 'connect', 'send']);
for (const names of [dns, dns.promises]) seal('dns', names, ['lookup', 'resolve']);
