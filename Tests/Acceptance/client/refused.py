"""What a published client tells its user when the server does not let it in.

usage: python3 -m client.refused ADAPTER MODE VERSION URL, with a token on standard input; prints the text.
"""

import asyncio
import sys

from client.adapters import ADAPTERS


def texts(error: BaseException) -> list[str]:
    """The words of an error, those in a group included."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else [error.__cause__] if error.__cause__ else []
    return [str(error), *(text for one in inner for text in texts(one))]


async def main(adapter: str, mode: str, url: str, token: str) -> None:
    """Connects, and lists the tools if that succeeds."""
    try:
        async with ADAPTERS[adapter](url, token, mode) as connection:
            await connection.tools()
    except Exception as error:  # whatever it is, its words are what the user sees
        print("\n".join(texts(error)))


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[4], sys.stdin.read().strip()))
