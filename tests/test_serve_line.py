"""The line: one at a time, first come first served, whoever leaves."""

from __future__ import annotations

import threading
import time

from rag.serve.asking import WaitingLine


def test_the_first_is_served_at_once_and_the_second_after_it() -> None:
    line = WaitingLine()
    with line.joined() as first:
        assert first.wait(0)
        with line.joined() as second:
            assert second.ahead == 1
            assert not second.wait(0.01)
        assert len(line) == 1
    assert len(line) == 0


def test_who_leaves_the_middle_lets_the_others_move_up() -> None:
    line = WaitingLine()
    with line.joined(), line.joined() as leaving, line.joined() as last:
        assert last.ahead == 2
        line._places.remove(leaving)
        assert last.ahead == 1
        line._places.append(leaving)


def test_many_threads_are_served_one_at_a_time_in_the_order_they_came() -> None:
    line, served, inside = WaitingLine(), [], []

    def stand(number: int) -> None:
        with line.joined() as place:
            while not place.wait(1):
                pass
            inside.append(number)
            time.sleep(0.002)
            assert inside == [number]
            inside.remove(number)
            served.append(number)

    threads = []
    for number in range(20):
        thread = threading.Thread(target=stand, args=(number,))
        thread.start()
        threads.append(thread)
        while len(line) + len(served) <= number:
            time.sleep(0.0005)
    for thread in threads:
        thread.join()
    assert served == list(range(20))
