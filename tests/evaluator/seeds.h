/* seeds.h - the frame of a program that tries random treaties, one seed after the other:
 *
 *   PROGRAM [--rules N] [--seed N] [--histories N] */
#ifndef SEEDS_H
#define SEEDS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct seeds {
  uint64_t first, rules; /* so many seeds from the first one */
  int histories;         /* of each rule set */
} seeds;

/* As the command line says; `rules`: where it does not say how many. */
seeds seeds_of(int argc, char **argv, uint64_t rules);

/* Tries one rule set. false: it went wrong, and why has been told. */
typedef bool seeds_attempt(const seeds *seeds, uint64_t seed, void *context);

/* Tries all of them until one goes wrong (false). Tells on stderr how far it has come, every ten
 * seconds. */
bool seeds_try(const seeds *seeds, seeds_attempt *attempt, void *context);

#endif
