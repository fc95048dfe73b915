/* beside.h - several treaties as one: versions of an agreement, and agreements, side by side.
 *
 * Each is checked by itself before. Then their declarations become one tree:
 *
 *     parties, stages, events, fields, types   one for all; what is otherwise is an error
 *     signals, scores, tables, lists, ...      each treaty's own, seen by it alone ...
 *     ... of the same text all the way down    declared once, known to all that say it
 *     what events teach, what opens a lead     counts while its treaty is the newest of its name
 *     agreements                               side by side: govern.c finds which governs
 */
#ifndef TR_BESIDE_H
#define TR_BESIDE_H

#include "engine/symbols.h"

/* What a treaty says exactly as one before it does: there it is declared. */
typedef struct tr_alias {
  const char *name;
  uint32_t part, declared_in;
} tr_alias;

typedef struct tr_beside {
  tr_arena *arena;
  tr_diags *diags;
  tr_tree *trees; /* one for each part, in their order */
  tr_part *parts;
  uint32_t count;
  tr_tree *tree; /* out: the whole */
  TR_LIST(tr_alias) aliases;
} tr_beside;

void tr_beside_join(tr_beside *beside);

/* Notes what opens a lead in this treaty. */
void tr_beside_openers(tr_part *part, const tr_tree *tree);

/* When an agreement takes force: on its day, or behind the instant at which it was taken up. */
int64_t tr_beside_force_ms(const tr_part *part, const tr_agreement *agreement);
/* Whether it has force at all, and is not in shadow. */
bool tr_beside_is_there(const tr_part *part, const tr_agreement *agreement);

/* Where two treaties say the same and only one is kept: 1 for each name of the part that says
 * otherwise than the one before it (beside_same.c). */
typedef struct tr_differing tr_differing;
tr_differing *tr_differing_new(const tr_beside *beside, uint32_t part, uint32_t before);
/* Whether the item in which `span` stands is the same as that of the part before in which `there`
 * does. */
bool tr_is_said_alike(const tr_differing *differing, tr_span span, tr_span there);
/* Whether the name means the same in both. */
bool tr_means_the_same(const tr_differing *differing, const char *name);
/* Whether both read a file of the same content. */
bool tr_reads_the_same(const tr_beside *beside, const tr_use *a, const tr_use *b);

#endif
