"""A chat server of the design that CPython's how-to describes: streams, one drain per line and member."""

import asyncio
import sys

members: dict[str, asyncio.StreamWriter] = {}


async def tell_others(author: str, line: str) -> None:
    for name, writer in list(members.items()):
        if name != author:
            writer.write(line.encode())
            try:
                await writer.drain()
            except ConnectionError:
                pass


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    name = ""
    try:
        writer.write(b"Enter your name: ")
        await writer.drain()
        name = (await reader.readline()).decode().strip()
        members[name] = writer
        await tell_others(name, f"*** {name} has joined the chat ***\n")
        while line := await asyncio.wait_for(reader.readline(), 300):
            if text := line.decode().strip():
                await tell_others(name, f"{name}: {text}\n")
    except (ConnectionError, TimeoutError):
        pass
    finally:
        members.pop(name, None)
        await tell_others(name, f"*** {name} has left the chat ***\n")
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=512)
    async with server:
        await server.serve_forever()


sys.exit(asyncio.run(main()))
