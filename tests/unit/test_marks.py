from grantway.kernel.sealing import Seal

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def test_a_mark_is_of_one_text_and_one_purpose() -> None:
    seal = Seal([NEW])
    mark = seal.mark("session 1", "form")

    assert seal.is_mark(mark, "session 1", "form")
    assert not seal.is_mark(mark, "session 2", "form")
    assert not seal.is_mark(mark, "session 1", "link")
    assert not seal.is_mark(mark.upper(), "session 1", "form")
    assert not seal.is_mark("", "session 1", "form")
    assert not seal.is_mark("\u00e9", "session 1", "form")


def test_purpose_and_text_cannot_run_into_each_other() -> None:
    seal = Seal([NEW])

    assert seal.mark("b", "a") != seal.mark("", "ab")
    assert not seal.is_mark(seal.mark("rest", "form"), "mrest", "for")


def test_marks_outlive_a_change_of_keys_as_long_as_the_old_key_is_there() -> None:
    mark = Seal([OLD]).mark("session 1", "form")

    assert Seal([NEW, OLD]).is_mark(mark, "session 1", "form")
    assert not Seal([NEW]).is_mark(mark, "session 1", "form")
