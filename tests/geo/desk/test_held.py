import threading

from geo.desk.held import Kept


def test_the_least_used_value_goes_first() -> None:
    kept, made = Kept(limit=2), []
    for key in ("a", "b", "a", "c", "a", "b"):
        kept.get(key, lambda key=key: made.append(key))
    assert made == ["a", "b", "c", "b"]


def test_two_threads_make_a_value_once_and_hold_up_nobody_else() -> None:
    kept, made, go = Kept(), [], threading.Event()

    def slowly() -> int:
        made.append(1)
        assert go.wait(60)
        return 7

    threads = [threading.Thread(target=kept.get, args=("slow", slowly)) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert kept.get("quick", lambda: 1) == 1
    assert all(thread.is_alive() for thread in threads)
    go.set()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_a_failed_value_is_tried_again() -> None:
    kept = Kept()

    def fail() -> int:
        raise ValueError

    for _ in range(2):
        try:
            kept.get("a", fail)
        except ValueError:
            continue
    assert kept.get("a", lambda: 3) == 3
