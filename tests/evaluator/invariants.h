/* invariants.h - what must hold of every agreement at every step, whatever it says: stated one by
 * one in invariants.c, and looked for in the engine's state and in what it has decided. */
#ifndef INVARIANTS_H
#define INVARIANTS_H

#include "engine/state.h"
#include "treaty.h"

typedef struct invariants invariants;

invariants *invariants_new(treaty_engine *engine);
void invariants_free(invariants *invariants);

/* After each call on the engine. NULL: all hold; else the one that does not, in words. */
const char *invariants_check(invariants *invariants);

/* A hash over all decisions so far, in their order. */
uint64_t invariants_hash(const invariants *invariants);

#endif
