/** Accepts connections, says goodbye and hangs up: `bun run examples/01-goodbye.ts [port]`. */
const server = Bun.listen({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 8888),
  socket: {
    open(client) {
      client.write("Hello, and goodbye.\n");
      client.end();
    },
    data() {},
  },
});
console.log(`Listening on 127.0.0.1:${server.port}`);
