"""Signs up an account, posts messages through /task/batch, or waits for a counter: the client side of throughput.sh.

  post.py signup URL ADMIN_KEY            prints the API key
  post.py fill URL API_KEY COUNT BYTES    posts COUNT messages of BYTES body bytes, at most 500 at once
  post.py successful URL                  prints "Jobs Successful" of /health/metrics

Standard library only. Fails loudly on the first answer that is not what it should be.
"""

import http.client
import json
import sys
import urllib.parse

BATCH = 500
TIMEOUT = 60


def connect(url):
    where = urllib.parse.urlsplit(url)
    return http.client.HTTPConnection(where.hostname, where.port, timeout=TIMEOUT)


def call(link, method, path, key=None, body=None):
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = key
    link.request(method, path, None if body is None else json.dumps(body), headers)
    answer = link.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        sys.exit(f"{method} {path}: {answer.status} {text[:300]}")
    return json.loads(text)


def body_text(size):
    """Lines of 64 characters, `size` bytes in all when each line end counts as two."""
    line = "The quick brown fox jumps over the lazy dog and then sleeps well"[:64]
    lines = [line] * (size // (len(line) + 2))
    rest = size - sum(len(each) + 2 for each in lines)
    return "\n".join([*lines, "x" * rest])


def fill(url, key, count, size):
    link = connect(url)
    content = body_text(size)
    for start in range(0, count, BATCH):
        tasks = [
            {
                "task": "bench",
                "type": "message",
                "retries": 3,
                "payload": {
                    "userId": f"user{number}@example.com",
                    "subject": f"Message {number}",
                    "content": content,
                    "format": "text",
                },
            }
            for number in range(start, min(start + BATCH, count))
        ]
        answer = call(link, "POST", "/task/batch", key, {"tasks": tasks})
        if answer["status"] is not True:
            refused = next(result for result in answer["results"] if not result["status"])
            sys.exit(f"a task was refused: {refused}")


def main():
    match sys.argv[1:]:
        case ["signup", url, admin]:
            print(call(connect(url), "POST", "/auth/signup", admin, {"id": "bench@example.com"})["apiKey"])
        case ["fill", url, key, count, size]:
            fill(url, key, int(count), int(size))
        case ["successful", url]:
            print(call(connect(url), "GET", "/health/metrics")["Jobs Successful"])
        case _:
            sys.exit(__doc__)


main()
