/* text_list.h - a list of texts as one text: each member behind its length in bytes.
 *
 *     5:steel4:wood          a member may hold any byte, a line feed too */
#ifndef TR_TEXT_LIST_H
#define TR_TEXT_LIST_H

#include "grammar/tree.h"
#include "treaty.h"

treaty_text tr_text_list(tr_arena *arena, const treaty_text *members, size_t count);

/* Of a constant: a list, or one text alone. */
treaty_text tr_text_list_of(tr_arena *arena, const tr_expr *value);

/* The member at *at, which then is at the next; false: there is none. Begins at 0. */
bool tr_text_list_next(treaty_text list, size_t *at, treaty_text *member);

#endif
