"""How many jobs that do nothing RQ's own worker gets done: `python -m bench.references.noop REDIS_URL COUNT`."""

import sys
import time

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer


def nothing() -> None:
    pass


def jobs_a_second(redis_url: str, count: int) -> float:
    redis = Redis.from_url(redis_url)
    queue = Queue("noop", connection=redis, serializer=JSONSerializer)
    for _number in range(count):
        queue.enqueue("bench.references.noop.nothing", result_ttl=0)
    worker = Worker([queue], connection=redis, serializer=JSONSerializer)
    began = time.perf_counter()
    worker.work(burst=True, logging_level="WARNING")
    seconds = time.perf_counter() - began
    if len(queue):
        raise SystemExit(f"{len(queue)} jobs are left.")
    return count / seconds


if __name__ == "__main__":
    print(jobs_a_second(sys.argv[1], int(sys.argv[2])))
