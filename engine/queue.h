/* queue.h - whose turn it is, found without looking at all of a team.
 *
 *   ready    whoever can have a lead now, in the order in which the team picks
 *   alike    the same, of whom the same is said: a `where` is true of all of them or of none
 *   coming   of a team that skips absent ones: whose absence begins, the earliest first
 *   away     of such a team: whose absence ends, the earliest first
 *   shares   of a team that goes by shares: who was given least of theirs
 *
 * Each is a heap of people; a person knows where it stands in each. Whoever has left stands in
 * none, and who has as many leads as can be is not ready. */
#ifndef TR_QUEUE_H
#define TR_QUEUE_H

#include "grammar/memory.h"

struct treaty_engine;

typedef enum tr_queue_kind {
  QUEUE_READY,
  QUEUE_ALIKE,
  QUEUE_COMING,
  QUEUE_AWAY,
  QUEUE_SHARES,
  TR_QUEUES
} tr_queue_kind;

typedef struct tr_queue {
  uint32_t *reps;
  uint32_t count, room;
} tr_queue;

/* Of one team. */
typedef struct tr_queues {
  tr_queue of[TR_QUEUES]; /* ALIKE: none */
  uint32_t first_alike;   /* of all there are; TR_NONE: none yet */
} tr_queues;

/* Of one kind of people in one team. */
typedef struct tr_alike {
  tr_queue queue;
  uint32_t team, kind;
  uint32_t next; /* of the team; TR_NONE: it is the last */
} tr_alike;

void tr_queues_init(struct treaty_engine *engine);

/* Something about the person is different. */
void tr_queues_settle(struct treaty_engine *engine, uint32_t rep);
/* Takes the person out of the team's: it goes to another, to which it is settled then. */
void tr_queues_leave(struct treaty_engine *engine, uint32_t rep);

/* Of whom the next is asked for. */
typedef struct tr_asked_team {
  uint32_t team;
  uint32_t not_this; /* TR_NONE: anybody */
  /* Whether people of the person's kind can have it; NULL: all can. */
  bool (*fits)(void *context, uint32_t rep);
  void *context;
} tr_asked_team;

/* The first of the team who can have it; TR_NONE: nobody. *again_ms becomes earlier where one who
 * is away is back before. */
uint32_t tr_queue_next(struct treaty_engine *engine, const tr_asked_team *asked, int64_t *again_ms);

/* Who of the team was given least of their share; TR_NONE: it does not go by shares, or there is
 * nobody. */
uint32_t tr_queue_least_given(const struct treaty_engine *engine, uint32_t team);

#endif
