/* number_text.h - a number as people and JSON write it, made an exact integer, never a rounded one.
 *
 *   "80000.5", 2 digits kept -> 8000050          "1.25e3", 6 digits kept -> 1250000000
 *
 * It works on the text's own digits, because a double is exact only below 2^51 millionths. */
#ifndef NUMBER_TEXT_H
#define NUMBER_TEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Larger numbers, and their negatives, do not fit. In millionths this is just inside an int64. */
#define NUMBER_TEXT_MAX INT64_C(9200000000000)
/* As many digits behind the point as can be kept. */
#define NUMBER_TEXT_DIGITS_MAX 6

typedef enum number_fit {
  NUMBER_FITS,
  NUMBER_MALFORMED, /* not a number in the grammar of JSON */
  NUMBER_TOO_LARGE, /* beyond NUMBER_TEXT_MAX */
  NUMBER_TOO_FINE,  /* more digits behind the point than are kept; zeros at the end do not count */
} number_fit;

/* Reads the whole text. *scaled is the number times 10^digits, set when it fits. *decimals is how
 * many digits behind the point its value needs; set unless the text is malformed. */
number_fit number_text_scaled(const char *text, size_t length, uint32_t digits, int64_t *scaled,
                              int64_t *decimals);

#ifdef __cplusplus
}
#endif

#endif
