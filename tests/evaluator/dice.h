/* dice.h - random numbers that a seed repeats. */
#ifndef DICE_H
#define DICE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct dice {
  uint64_t state;
} dice;

/* splitmix64, of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014 */
static inline uint64_t dice_next(dice *dice) {
  uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* From 0 up to below `sides`. */
static inline int dice_roll(dice *dice, int sides) {
  return (int)(dice_next(dice) % (uint64_t)sides);
}
static inline bool dice_one_in(dice *dice, int chances) { return dice_roll(dice, chances) == 0; }

#define DICE_PICK(dice, words) ((words)[dice_roll((dice), (int)(sizeof(words) / sizeof *(words)))])

#endif
