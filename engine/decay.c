/* decay.c - see decay.h. */
#include "engine/decay.h"

#include <assert.h>
#include <string.h>

/* 2^-x for x in [0, 1) given as 40 binary digits: five tables of 256, in units of 2^-62. */
#define PARTS         5
#define PART_BITS     8
#define FRACTION_BITS (PARTS * PART_BITS)
#define ONE           ((uint64_t)1 << 62)

/* Fraction digits of a mantissa. */
#define MANTISSA_BITS 30

/* Past so many half-lives nothing is left of the largest score. */
#define OCTAVES_KEPT 64

struct tr_decay_tables {
  uint64_t part[PARTS][1 << PART_BITS];
};

static uint64_t times(uint64_t a, uint64_t b) {
  return (uint64_t)(((unsigned __int128)a * b + (ONE >> 1)) >> 62);
}

/* Square root of a number below 1, both in units of 2^-62, by halving the interval. */
static uint64_t root(uint64_t square) {
  unsigned __int128 wanted = (unsigned __int128)square << 62;
  uint64_t low = 0, high = ONE;
  while (low < high) {
    uint64_t middle = low + (high - low + 1) / 2;
    if ((unsigned __int128)middle * middle <= wanted)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

const tr_decay_tables *tr_decay_tables_new(tr_arena *arena) {
  tr_decay_tables *tables = TR_NEW(arena, tr_decay_tables);
  uint64_t step = ONE / 2; /* 2^-(2^-i), i binary digits behind the point */
  for (int part = 0; part < PARTS; part++) {
    uint64_t *row = tables->part[part];
    row[0] = ONE;
    for (int bit = PART_BITS - 1; bit >= 0; bit--) {
      step = root(step);
      int block = 1 << bit;
      row[block] = step;
    }
    for (int i = 1; i < 1 << PART_BITS; i++) {
      int lowest = i & -i;
      if (i != lowest) row[i] = times(row[i - lowest], row[lowest]);
    }
  }
  return tables;
}

/* 2^-(fraction / 2^40) in units of 2^-62. */
static uint64_t power(const tr_decay_tables *tables, uint64_t fraction) {
  uint64_t value = ONE;
  for (int part = 0; part < PARTS; part++) {
    unsigned index = (unsigned)(fraction >> (FRACTION_BITS - PART_BITS * (part + 1))) & 0xFF;
    if (index) value = times(value, tables->part[part][index]);
  }
  return value;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* (ms mod H) / H as 40 binary digits. */
static uint64_t fraction_of(int64_t rest_ms, int64_t halves_ms) {
  assert(rest_ms >= 0 && rest_ms < halves_ms);
  if (rest_ms < INT64_C(1) << 23)
    return (((uint64_t)rest_ms << FRACTION_BITS) / (uint64_t)halves_ms);
  return (uint64_t)((((unsigned __int128)(uint64_t)rest_ms) << FRACTION_BITS) /
                    (uint64_t)halves_ms);
}

/* t / H = octave - g, 0 <= g < 1: the octave is rounded up. */
int32_t tr_decay_octave(int64_t time_ms, int64_t halves_ms) {
  return (int32_t)-floor_div(-time_ms, halves_ms);
}

/* value * 2^-62 * factor, half to even, for a factor below 2^63. */
static __int128 scaled(__int128 value, uint64_t factor) {
  bool negative = value < 0;
  unsigned __int128 size = negative ? -(unsigned __int128)value : (unsigned __int128)value;
  unsigned __int128 low = (unsigned __int128)(uint64_t)size * factor;
  unsigned __int128 high = (unsigned __int128)(uint64_t)(size >> 64) * factor;
  unsigned __int128 lower = (uint64_t)low;
  high += low >> 64;
  /* high:lower is the product, 64 bits below the point of `high`; cut 62 off. */
  unsigned __int128 whole = (high << 2) | (lower >> 62);
  uint64_t rest = (uint64_t)lower & (ONE - 1);
  if (rest > ONE / 2 || (rest == ONE / 2 && (whole & 1))) whole++;
  return negative ? -(__int128)whole : (__int128)whole;
}

__int128 tr_decay_mantissa(const tr_decay_tables *tables, int64_t points, int64_t time_ms,
                           int64_t halves_ms) {
  int64_t rest = (int64_t)tr_decay_octave(time_ms, halves_ms) * halves_ms - time_ms;
  __int128 wide = (__int128)points * ((int64_t)1 << MANTISSA_BITS);
  return scaled(wide, power(tables, fraction_of(rest, halves_ms)));
}

__int128 tr_octave_sum(const tr_octave *octave) {
  return (__int128)(((unsigned __int128)(uint64_t)octave->high << 64) | octave->low);
}

void tr_octave_add(tr_octave *octave, __int128 mantissa) {
  unsigned __int128 sum = (unsigned __int128)tr_octave_sum(octave) + (unsigned __int128)mantissa;
  octave->low = (uint64_t)sum;
  octave->high = (int64_t)(sum >> 64);
}

tr_octave *tr_octave_put(tr_octave *octaves, uint32_t *count, int32_t octave) {
  uint32_t place = *count;
  while (place > 0 && octaves[place - 1].octave > octave) place--;
  if (place > 0 && octaves[place - 1].octave == octave) return &octaves[place - 1];
  memmove(octaves + place + 1, octaves + place, sizeof *octaves * (*count - place));
  octaves[place] = (tr_octave){.octave = octave};
  (*count)++;
  return &octaves[place];
}

/* Shifting right rounds down, whatever the sign: the same for the same octaves. */
static __int128 shifted(__int128 value, int64_t octaves) {
  if (octaves >= 120) return value < 0 ? -1 : 0;
  return value >> octaves;
}

tr_decaying tr_decay_total(const tr_octave *octaves, uint32_t count, int64_t halves_ms) {
  tr_decaying all = {.halves_ms = halves_ms};
  if (count == 0) return all;
  all.octave = octaves[count - 1].octave;
  for (uint32_t i = 0; i < count; i++) {
    all.total += shifted(tr_octave_sum(&octaves[i]), all.octave - octaves[i].octave);
  }
  return all;
}

tr_decaying tr_decay_sum(tr_decaying a, tr_decaying b) {
  if (a.total == 0) return b;
  if (b.total == 0) return a;
  assert(a.halves_ms == b.halves_ms);
  if (a.octave < b.octave) {
    tr_decaying swap = a;
    a = b;
    b = swap;
  }
  a.total += shifted(b.total, a.octave - b.octave);
  return a;
}

tr_decaying tr_decay_negated(tr_decaying a) {
  a.total = -a.total;
  return a;
}

tr_decaying tr_decay_delayed(const tr_decay_tables *tables, tr_decaying a, int64_t by_ms) {
  int64_t octaves = -floor_div(-by_ms, a.halves_ms);
  int64_t rest = octaves * a.halves_ms - by_ms;
  a.total = scaled(a.total, power(tables, fraction_of(rest, a.halves_ms)));
  a.octave += octaves;
  return a;
}

/* Half to even at 2^(bits). */
static __int128 rounded(__int128 value, int bits) {
  __int128 whole = value >> bits;
  __int128 rest = value - whole * ((__int128)1 << bits), half = (__int128)1 << (bits - 1);
  if (rest > half || (rest == half && (whole & 1))) whole++;
  return whole;
}

int64_t tr_decay_value(const tr_decay_tables *tables, tr_decaying score, int64_t now_ms) {
  if (score.total == 0) return 0;
  int64_t octave = floor_div(now_ms, score.halves_ms);
  int64_t rest = now_ms - octave * score.halves_ms;
  int64_t down = octave - score.octave;
  if (down >= OCTAVES_KEPT) return 0;
  __int128 worth = scaled(score.total, power(tables, fraction_of(rest, score.halves_ms)));
  __int128 value;
  if (down >= 0)
    value = rounded(worth, MANTISSA_BITS + (int)down);
  else
    value =
        rounded(worth * (down < -1 ? 4 : 2), MANTISSA_BITS); /* clocks differ by a skew at most */
  if (value > INT64_MAX / 4) return INT64_MAX / 4;
  if (value < INT64_MIN / 4) return INT64_MIN / 4;
  return (int64_t)value;
}

int64_t tr_decay_crossing(const tr_decay_tables *tables, tr_decaying score, int64_t level,
                          int64_t now_ms) {
  if (score.total == 0) return INT64_MAX;
  bool above = tr_decay_value(tables, score, now_ms) >= level;
  /* A worth goes towards 0 and never past it, so it crosses a level at most once. */
  int64_t end = (score.octave + OCTAVES_KEPT) * score.halves_ms;
  if (end <= now_ms || (0 >= level) == above) return INT64_MAX;
  int64_t low = now_ms, high = end; /* still on this side; on the other */
  /* By half-lives first: the middle of 64 of them is far from most answers. */
  while (high - low > score.halves_ms && low + score.halves_ms < high) {
    int64_t next = low + score.halves_ms;
    if ((tr_decay_value(tables, score, next) >= level) != above) {
      high = next;
      break;
    }
    low = next;
  }
  while (high - low > 1) {
    int64_t middle = low + (high - low) / 2;
    if ((tr_decay_value(tables, score, middle) >= level) == above)
      low = middle;
    else
      high = middle;
  }
  return high;
}
