/* number_text.c - all digits are read as one whole number; where the point and the exponent put it
 * is one power of ten, `shift`. Zeros at the end go into the shift, so that 20000.0 and 2e4 are the
 * same. */
#include "runtime/number_text.h"

#include <assert.h>
#include <stdbool.h>

/* The number read so far is units * 10^shift. */
typedef struct digits {
  uint64_t units;
  int64_t shift;
  bool overflow; /* more digits that count than 64 bits hold */
} digits;

static const char *take_digits(const char *at, const char *end, digits *number) {
  for (; at < end && *at >= '0' && *at <= '9'; at++) {
    number->shift++;
    if (*at == '0') continue;
    for (; number->units > 0 && number->shift > 0 && !number->overflow; number->shift--)
      number->overflow = __builtin_mul_overflow(number->units, 10, &number->units);
    number->shift = 0;
    uint64_t digit = (uint64_t)(*at - '0');
    number->overflow |= __builtin_add_overflow(number->units, digit, &number->units);
  }
  return at;
}

/* Exponents beyond a thousand million are cut there: no line has digits enough to outweigh one. */
static const char *take_exponent(const char *at, const char *end, int64_t *exponent) {
  bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  for (; at < end && *at >= '0' && *at <= '9'; at++)
    if (*exponent < 1000000000) *exponent = *exponent * 10 + (*at - '0');
  if (negative) *exponent = -*exponent;
  return at;
}

static bool read_number(const char *at, const char *end, digits *number) {
  const char *start = at;
  at = take_digits(at, end, number);
  if (at == start || (*start == '0' && at > start + 1)) return false;
  if (at < end && *at == '.') {
    const char *point = at + 1;
    at = take_digits(point, end, number);
    if (at == point) return false;
    number->shift -= at - point;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    int64_t exponent = 0;
    at = take_exponent(at + 1, end, &exponent);
    if (at[-1] < '0' || at[-1] > '9') return false;
    number->shift += exponent;
  }
  return at == end;
}

number_fit number_text_scaled(const char *text, size_t length, uint32_t digit_count,
                              int64_t *scaled, int64_t *decimals) {
  assert(digit_count <= NUMBER_TEXT_DIGITS_MAX);
  bool negative = length > 0 && *text == '-';
  digits number = {0};
  if (!read_number(text + negative, text + length, &number)) return NUMBER_MALFORMED;

  bool zero = number.units == 0 && !number.overflow;
  *decimals = number.shift < 0 && !zero ? -number.shift : 0;
  if (*decimals > digit_count) return NUMBER_TOO_FINE;
  if (number.overflow) return NUMBER_TOO_LARGE;

  uint64_t max = (uint64_t)NUMBER_TEXT_MAX;
  for (uint32_t i = 0; i < digit_count; i++) max *= 10;
  for (int64_t power = number.shift + digit_count; power > 0 && !zero; power--) {
    if (number.units > max / 10) return NUMBER_TOO_LARGE;
    number.units *= 10;
  }
  if (number.units > max) return NUMBER_TOO_LARGE;
  *scaled = negative ? -(int64_t)number.units : (int64_t)number.units;
  return NUMBER_FITS;
}
