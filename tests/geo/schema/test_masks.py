from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadInput
from geo.schema.masks import Mask, read_masks, write_masks


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        ("10-20", (Mask(10, 10, 0, inf),)),
        ("350-10@5-20", (Mask(350, 20, 5, 20),)),
        ("0-360@0-3.5;", (Mask(0, 360, 0, 3.5),)),
        (" 1.5 - 2 ; 360-10 ", (Mask(1.5, 0.5), Mask(360, 10))),
        ("９０－１２０＠１-２；200–210", (Mask(90, 30, 1, 2), Mask(200, 10))),
    ],
)
def test_masks_are_read(text, masks):
    assert read_masks(text) == masks


@pytest.mark.parametrize(
    "text",
    [
        *("", ";", "10", "10-", "10-10", "360-0", "0-361", "400-10", "-5-10", "1e2-200", "nan-5", "north", "10-20@5"),
        *("10-20@5-5", "10-20@9-5", "10-20@-1-5", "10-20 30-40", "1-2;3-4;5-6;7-8;9-10", "10-20;x", "10-20@1-inf"),
    ],
)
def test_what_is_no_mask_is_refused_in_both_languages(text):
    with pytest.raises(BadInput, match="is no list of 1 to 4 masks") as refused:
        read_masks(text)
    assert "遮挡" in refused.value.text("zh")


TENTHS = st.integers(0, 3599).map(lambda tenths: tenths / 10)


@given(
    st.lists(st.tuples(TENTHS, st.integers(1, 3600), st.integers(0, 500), st.integers(1, 500)), min_size=1, max_size=4)
)
def test_what_is_written_is_read_back(rows):
    masks = [Mask(a if s < 3600 else 0.0, s / 10, near / 10, (near + wide) / 10) for a, s, near, wide in rows]
    again = read_masks(write_masks(masks))
    assert [tuple(mask) for mask in again] == [pytest.approx(tuple(mask)) for mask in masks]
