#!/usr/bin/env python3
"""decay_table.py - makes decay_table.h: what points that halve are worth, in decimals of 60 digits.

  python3 tests/engine/decay_table.py > tests/engine/decay_table.h
"""
import random
from decimal import Decimal, getcontext

getcontext().prec = 60
SEED = 20260301
DAY_MS = 86_400_000
RANDOM_ROWS = 400


def rows():
  """(points in millionths, event ms, half-life ms, now ms)"""
  yield from [
    (32_000_000, 0, 10 * DAY_MS, 0),
    (32_000_000, 0, 10 * DAY_MS, 10 * DAY_MS),
    (32_000_000, 0, 10 * DAY_MS, 10 * DAY_MS + 1),
    (1, 0, 60_000, 60_000),
    (3, 0, 60_000, 60_000),
    (-25_000_000, 5, 30 * DAY_MS, 7 * DAY_MS),
    (100_000_000_000, -1, 60_000, 59_999),
    (10**15, 1_772_452_800_000, 30 * DAY_MS, 1_772_452_800_000 + 45 * DAY_MS),
    (-(10**15), 1_772_452_800_001, 100_000 * DAY_MS, 1_772_452_800_001 + 1),
    (10**15, -62_135_596_800_000, 7 * DAY_MS, -62_135_596_800_000 + 70 * DAY_MS),
  ]
  chance = random.Random(SEED)
  for _ in range(RANDOM_ROWS):
    halves_ms = chance.choice([60_000, 3_600_000 + chance.randrange(1000), DAY_MS, 30 * DAY_MS,
                               chance.randrange(60_000, 100_000 * DAY_MS)])
    time_ms = chance.randrange(1_700_000_000_000, 1_900_000_000_000)
    points = chance.choice([5_000_000, 25_000_000, chance.randrange(1, 10**9),
                            -chance.randrange(1, 10**11), chance.randrange(1, 10**15)])
    age_ms = chance.randrange(0, chance.choice([1, 5, 30]) * halves_ms)
    yield points, time_ms, halves_ms, time_ms + age_ms


def worth_billionths(points, time_ms, halves_ms, now_ms):
  """In thousandths of a millionth, to the nearest."""
  exponent = -Decimal(now_ms - time_ms) / Decimal(halves_ms)
  return int((Decimal(points) * 1000 * Decimal(2) ** exponent).to_integral_value())


def main():
  print("/* decay_table.h - what points are worth, in thousandths of a millionth "
        "(decay_table.py). */")
  print("#ifndef DECAY_TABLE_H\n#define DECAY_TABLE_H\n\n#include <stdint.h>\n")
  print("static const struct {")
  print("  int64_t points, time_ms, halves_ms, now_ms, worth_billionths;\n} decay_table[] = {")
  for row in rows():
    numbers = [*row, worth_billionths(*row)]
    print("    {" + ", ".join(map(str, numbers)) + "},")
  print("};\n\n#endif")


if __name__ == "__main__":
  main()
