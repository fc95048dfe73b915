/* beside_join.h - what the files share that join treaties: see beside.h. */
#ifndef TR_BESIDE_JOIN_H
#define TR_BESIDE_JOIN_H

#include <string.h>

#include "engine/beside.h"

/* One treaty is being added to those before it. */
typedef struct tr_joining {
  tr_beside *beside;
  tr_tree *tree;            /* the whole */
  uint32_t part;            /* whose declarations are being added */
  tr_differing **differing; /* from each part before it */
} tr_joining;

static inline tr_arena *tr_join_arena(tr_joining *join) { return join->beside->arena; }

static inline tr_tree *tr_join_own(tr_joining *join) { return &join->beside->trees[join->part]; }

#define TR_IN_WORDS(join, format, name) tr_arena_print(tr_join_arena(join), format, name)

/* "`what` than in the treaty beside it". */
void tr_join_differs(tr_joining *join, tr_span here, tr_span there, const char *what,
                     const char *help);
/* A field of an entity; NULL: there is none. */
tr_field *tr_join_fact(const tr_tree *tree, tr_entity entity, const char *name);
tr_stage *tr_join_stage_of(const tr_stages *stages, const char *name);

/* beside_facts.c: from when to when what each says of facts counts. */
void tr_join_bounds(tr_beside *beside);
void tr_join_learns(tr_joining *join);
void tr_join_phases(tr_joining *join);
/* Once all are joined. */
void tr_join_free_own_fields(tr_beside *beside);

/* beside_settled.c: what one cannot say otherwise than another. */
void tr_join_check_settled(tr_joining *join);
void tr_join_check_stages(tr_beside *beside);

#endif
