/** Sends back whatever arrives, and how much it was: `bun run examples/02-echo.ts [port]`. */
const server = Bun.listen({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 8888),
  socket: {
    data(client, chunk) {
      const answer = Buffer.from(`${chunk.length} bytes: ${chunk}`);
      const accepted = client.write(answer);
      if (accepted < answer.length) console.log(`Short write: ${accepted} of ${answer.length}`);
    },
  },
});
console.log(`Listening on 127.0.0.1:${server.port}`);
