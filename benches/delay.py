"""A TCP proxy on loopback whose replies arrive late: delay.py LISTEN_PORT TARGET_PORT MILLISECONDS.

What the client sends passes at once; what the server answers is held back, each piece by the same time and in
order, so a round trip takes that long and bandwidth stays what it is.
"""

import asyncio
import sys


async def forward(reader, writer, seconds):
    loop = asyncio.get_running_loop()
    pieces = asyncio.Queue()

    async def read():
        while piece := await reader.read(65536):
            await pieces.put((loop.time() + seconds, piece))
        await pieces.put((loop.time() + seconds, None))

    reading = asyncio.create_task(read())
    try:
        while True:
            due, piece = await pieces.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if piece is None:
                break
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        reading.cancel()
        writer.close()


async def main(listen, target, milliseconds):
    async def accept(from_client, to_client):
        from_server, to_server = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(
            forward(from_client, to_server, 0),
            forward(from_server, to_client, milliseconds / 1000),
            return_exceptions=True,
        )

    server = await asyncio.start_server(accept, "127.0.0.1", listen, backlog=256)
    async with server:
        await server.serve_forever()


asyncio.run(main(*(int(argument) for argument in sys.argv[1:4])))
