/* text_list.c - see text_list.h. */
#include "engine/text_list.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Room for a length in digits, and the colon. */
#define PREFIX_BYTES 24

treaty_text tr_text_list(tr_arena *arena, const treaty_text *members, size_t count) {
  size_t room = 1, length = 0;
  for (size_t i = 0; i < count; i++) room += PREFIX_BYTES + members[i].length;
  char *bytes = tr_arena_alloc(arena, room);
  for (size_t i = 0; i < count; i++) {
    length += (size_t)snprintf(bytes + length, PREFIX_BYTES, "%zu:", members[i].length);
    if (members[i].length > 0) memcpy(bytes + length, members[i].bytes, members[i].length);
    length += members[i].length;
  }
  return (treaty_text){.bytes = bytes, .length = length};
}

static treaty_text text_of(const tr_expr *text) {
  return (treaty_text){.bytes = text->text, .length = strlen(text->text)};
}

treaty_text tr_text_list_of(tr_arena *arena, const tr_expr *value) {
  treaty_text one;
  if (value->kind == EXPR_TEXT) {
    one = text_of(value);
    return tr_text_list(arena, &one, 1);
  }
  treaty_text *members = TR_NEW_ARRAY(arena, treaty_text, value->list.count + 1);
  for (uint32_t i = 0; i < value->list.count; i++) members[i] = text_of(value->list.items[i]);
  return tr_text_list(arena, members, value->list.count);
}

bool tr_text_list_next(treaty_text list, size_t *at, treaty_text *member) {
  size_t length = 0;
  if (*at >= list.length) return false;
  for (; list.bytes[*at] != ':'; ++*at) length = length * 10 + (size_t)(list.bytes[*at] - '0');
  *member = (treaty_text){.bytes = list.bytes + *at + 1, .length = length};
  *at += 1 + length;
  assert(*at <= list.length);
  return true;
}
