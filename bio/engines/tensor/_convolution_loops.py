"""A convolution of spikes and the pooling behind it, image by image, compiled, and kept between processes.

A spike adds the filters' weights around its place, `kernel` rows of kernel * channels numbers that lie side by side,
to an image that stays in the cache: (height, width, channel), with a rim of kernel // 2 so that nothing needs to be
clipped. It is pooled at once, and only the pooled one is written.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from bio.engines._no_alias import NoAlias

__all__ = ["backward_to_spikes", "backward_to_weights", "forward"]

_KERNEL: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True, "pipeline_class": NoAlias}
_ZERO, _ONE, _TWO = np.uint64(0), np.uint64(1), np.uint64(2)


@numba.njit(fastmath={"contract"}, **_KERNEL)
def forward(
    offsets,
    column,
    size,
    weights,
    bias,
    out,
    chosen,
    image,
    height,
    width,
    kernel,
    channels,
    quarter,
    largest,
    first,
    last,
):
    """Pooled drives of rows first to last.

    Args:
        weights: flat (channel in, row of filter, column of filter from the last to the first, channel).
        bias: (channel,). out: flat (row, channel, pooled height, pooled width).
        chosen: uint8, flat (row, pooled height, pooled width, channel), receives which of four was the largest.
        image: of one row, with its rim. quarter: a fourth, in the precision of the weights.
        largest: whether to pool by the largest, or by the mean.
    """
    rim = kernel - _ONE  # twice that of one side
    wide, length = width + rim, kernel * channels
    high_out, wide_out = height // _TWO, width // _TWO
    places = high_out * wide_out
    for row in range(first, last):
        for place in range((height + rim) * wide):
            for o in range(channels):
                image[place * channels + o] = bias[o]
        for event in range(offsets[row], offsets[row + _ONE]):
            c, place = column[event] // (height * width), column[event] % (height * width)
            y, x, value = place // width, place % width, size[event]
            for dy in range(kernel):
                to, of = ((y + rim - dy) * wide + x) * channels, (c * kernel + dy) * length
                for i in range(length):
                    image[to + i] += value * weights[of + i]
        half = rim // _TWO
        for place in range(places):
            y, x = _TWO * (place // wide_out) + half, _TWO * (place % wide_out) + half
            a = (y * wide + x) * channels
            b, c, d = a + channels, a + wide * channels, a + (wide + _ONE) * channels
            if largest:
                for o in range(channels):
                    upper = image[a + o] if image[a + o] >= image[b + o] else image[b + o]
                    lower = image[c + o] if image[c + o] >= image[d + o] else image[d + o]
                    below = lower > upper
                    right = image[d + o] > image[c + o] if below else image[b + o] > image[a + o]
                    chosen[(row * places + place) * channels + o] = 2 * below + right
                    out[(row * channels + o) * places + place] = lower if below else upper
            else:
                for o in range(channels):
                    total = (image[a + o] + image[b + o]) + (image[c + o] + image[d + o])
                    out[(row * channels + o) * places + place] = total * quarter


@numba.njit(fastmath={"contract"}, **_KERNEL)
def backward_to_weights(
    offsets,
    column,
    size,
    grad,
    chosen,
    by_weights,
    by_bias,
    image,
    height,
    width,
    kernel,
    channels,
    quarter,
    largest,
    first,
    last,
):
    """Adds the gradients by weights (flat, as forward reads them) and bias of rows first to last.

    Args:
        grad: flat (row, channel, pooled height, pooled width).
        image: of one row, with its rim; receives the gradient by the drive before pooling.
    """
    rim = kernel - _ONE
    wide, length = width + rim, kernel * channels
    wide_out = width // _TWO
    places = (height // _TWO) * wide_out
    half = rim // _TWO
    for row in range(first, last):
        for i in range((height + rim) * wide * channels):
            image[i] = 0
        for place in range(places):
            y, x = _TWO * (place // wide_out) + half, _TWO * (place % wide_out) + half
            for o in range(channels):
                value = grad[(row * channels + o) * places + place]
                by_bias[o] += value
                if largest:
                    one = np.uint64(chosen[(row * places + place) * channels + o])
                    image[((y + one // _TWO) * wide + x + one % _TWO) * channels + o] = value
                else:
                    for one in range(np.uint64(4)):
                        image[((y + one // _TWO) * wide + x + one % _TWO) * channels + o] = value * quarter
        for event in range(offsets[row], offsets[row + _ONE]):
            c, place = column[event] // (height * width), column[event] % (height * width)
            y, x, value = place // width, place % width, size[event]
            for dy in range(kernel):
                of, to = ((y + rim - dy) * wide + x) * channels, (c * kernel + dy) * length
                for i in range(length):
                    by_weights[to + i] += value * image[of + i]


@numba.njit(fastmath={"contract"}, **_KERNEL)
def backward_to_spikes(
    grad, chosen, weights, by_spikes, image, height, width, kernel, channels, channels_in, quarter, largest, first, last
):
    """Writes the gradients by the spikes, flat (row, channel in, height, width), of rows first to last.

    Args:
        weights: flat (channel, row of filter, column of filter, channel in).
        image: of one row of spikes with its rim, (height, width, channel in).
    """
    rim = kernel - _ONE
    wide, length = width + rim, kernel * channels_in
    wide_out = width // _TWO
    places = (height // _TWO) * wide_out
    half = rim // _TWO
    for row in range(first, last):
        for i in range((height + rim) * wide * channels_in):
            image[i] = 0
        for place in range(places):
            y, x = _TWO * (place // wide_out), _TWO * (place % wide_out)
            for o in range(channels):
                value = grad[(row * channels + o) * places + place]
                one, end = _ZERO, np.uint64(4)
                if largest:
                    one = np.uint64(chosen[(row * places + place) * channels + o])
                    end = one + _ONE
                else:
                    value = value * quarter
                while one < end:
                    for dy in range(kernel):
                        to = ((y + one // _TWO + dy) * wide + x + one % _TWO) * channels_in
                        of = (o * kernel + dy) * length
                        for i in range(length):
                            image[to + i] += value * weights[of + i]
                    one += _ONE
        for y in range(height):
            for x in range(width):
                for c in range(channels_in):
                    at = ((row * channels_in + c) * height + y) * width + x
                    by_spikes[at] = image[((y + half) * wide + x + half) * channels_in + c]
