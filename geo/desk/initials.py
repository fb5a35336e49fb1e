"""Pinyin initials of Chinese names, so that 花垣县 is found by "hyx".

GB/T 2312-1980 lists its 3,755 commoner characters in the order of their pinyin: the code of a character tells its
initial. A character with several readings has the one it is listed under; one of the rarer 3,008, which are listed by
radical, has none and stands as "?".
"""

from bisect import bisect_right

#: First code of each initial among the commoner characters of GB/T 2312, ascending; the last ends the list.
_FIRST = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"), (0xD7FA, "?"),
)  # fmt: skip
_CODES = [code for code, _ in _FIRST]
ANY = "?"


def initials_of(name: str, name_en: str | None = None) -> str:
    """The initials of a name; letters and digits stay, other signs go. "" where there is no Chinese character.

    Where the first character is a rare one, the first letter of `name_en` stands for it.

    >>> initials_of("花垣县"), initials_of("泸溪县"), initials_of("泸溪县", "Luxi County"), initials_of("第2网格")
    ('hyx', '?xx', 'lxx', 'd2wg')
    """
    if name.isascii():
        return ""
    found = "".join(_initial(char) for char in name.casefold())
    if found.startswith(ANY) and name_en and name_en[0].isascii() and name_en[0].isalpha():
        return name_en[0].casefold() + found[1:]
    return found


def find_initials(wanted: str, initials: str) -> int:
    """Where `wanted` stands in `initials`, "?" being any letter; -1 where it does not.

    >>> find_initials("lxx", "?xx"), find_initials("xx", "lxx"), find_initials("xy", "lxx")
    (0, 1, -1)
    """
    if ANY not in initials:
        return initials.find(wanted)
    for start in range(len(initials) - len(wanted) + 1):
        if all(have in (want, ANY) for want, have in zip(wanted, initials[start:], strict=False)):
            return start
    return -1


def _initial(char: str) -> str:
    if char.isascii():
        return char if char.isalnum() else ""
    code = char.encode("gb2312", "ignore")
    if len(code) != 2:
        return ANY if char.isalpha() else ""
    number = int.from_bytes(code)
    at = bisect_right(_CODES, number) - 1
    return _FIRST[at][1] if at >= 0 else ""
