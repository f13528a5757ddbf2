#: request | GET /a
#: request | GET /b
#: assert | GET /a | status | == 200
#: assert | GET /b | status | == 200
import asyncio, aiohttp
async def look(session, path):
    async with session.get("https://h" + path) as answer:
        assert answer.status == 200
async def main():
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(look(session, "/a"), look(session, "/b"))
asyncio.run(main())
