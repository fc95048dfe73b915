/* play.h - an engine that is fed, with all that a host does around it: the history that gives
 * events again, decisions read and written, the account told as `treaty why` tells it. */
#ifndef PLAY_H
#define PLAY_H

#include "runtime/buffer.h"
#include "treaty.h"

typedef struct play play;

/* The program must outlive it. */
play *play_new(const treaty_program *program, uint64_t hash_seed);
void play_free(play *play);

/* Sends a copy of the event at that clock; an accepted one a second time, which must change
 * nothing. */
void play_send(play *play, const treaty_event *event, int64_t clock_ms);
void play_advance(play *play, int64_t clock_ms);

/* The decisions so far, a JSON object a line. */
const buffer *play_decisions(const play *play);

/* Looks at everything that can be asked of the account. */
void play_look(play *play, treaty_text account);

/* Throws events by dice at two engines that differ in nothing but their hashes: they must decide
 * the same. */
void play_by_dice(const treaty_program *program, uint64_t seed, int events);

#endif
