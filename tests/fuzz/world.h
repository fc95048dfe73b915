/* world.h - what the targets hand to a treaty for a world: files in memory, zones of the system. */
#ifndef WORLD_H
#define WORLD_H

#include "treaty.h"

/* Beside std/, there is the file "main.treaty", and `other` under every other name. Without bytes:
 * there is no other. */
typedef struct world {
  treaty_text main, other;
} world;

/* Loads "main.treaty". Its findings are read as a person would read them, and freed. NULL: it does
 * not check. */
treaty_program *world_load(const world *world);
/* Loads "main.treaty" of both, one beside the other. */
treaty_program *world_load_beside(const world *world, const struct world *newer);

treaty_text world_text(const char *text);

#endif
