/* check_kinds.c - people of whom the same is said are of one kind: a `where` that asks for what is
 * said is checked, compiled and looked at once for all of them.
 *
 *     "jo"  in north, territory ("DE", "AT")      kind 0
 *     "mia" in south, territory ("DE", "AT")      kind 0
 *     "eva" in north                              kind 1 */
#include <stdio.h>
#include <string.h>

#include "engine/check.h"

/* What is said of somebody, as bytes that tell it apart. */
typedef struct key {
  char bytes[1024];
  size_t length;
  bool too_long; /* then nobody else is of the kind */
} key;

typedef struct kinds {
  TR_LIST(treaty_text) keys;
  tr_map places;
} kinds;

static void put(key *key, const char *bytes, size_t length) {
  key->too_long |= length > sizeof key->bytes - key->length;
  if (key->too_long) return;
  memcpy(key->bytes + key->length, bytes, length);
  key->length += length;
}

/* With its length before it. */
static void put_text(key *key, const char *text) {
  size_t length = text ? strlen(text) : 0;
  put(key, (const char *)&length, sizeof length);
  if (length > 0) put(key, text, length);
}

static void put_value(key *key, const tr_expr *value) {
  if (!value) return;
  put(key, (const char *)&value->kind, sizeof value->kind);
  put(key, (const char *)&value->number, sizeof value->number);
  put(key, (const char *)&value->list.count, sizeof value->list.count);
  put_text(key, value->text);
  put_text(key, value->name.text);
  for (uint32_t i = 0; i < value->list.count; i++) put_value(key, value->list.items[i]);
  put_value(key, value->left);
}

static void put_traits(key *key, const tr_rep_decl *rep) {
  for (uint32_t i = 0; i < rep->traits.count; i++) {
    put_text(key, rep->traits.items[i].name.text);
    put_value(key, rep->traits.items[i].value);
  }
}

static bool same_key(const void *owner, uint32_t index, const void *bytes, size_t length) {
  treaty_text there = ((const kinds *)owner)->keys.items[index];
  return there.length == length && memcmp(there.bytes, bytes, length) == 0;
}

static uint32_t kind_of(tr_check *check, kinds *kinds, const tr_rep_decl *rep) {
  key key = {.length = 0};
  put_traits(&key, rep);
  uint32_t count = kinds->keys.count;
  uint32_t kind = key.too_long ? count : tr_map_add(&kinds->places, key.bytes, key.length, count);
  if (kind < count) return kind;
  size_t length = key.too_long ? 0 : key.length;
  treaty_text kept = {.bytes = tr_arena_copy(check->arena, key.bytes, length), .length = length};
  TR_PUSH(check->arena, &kinds->keys, kept);
  return kind;
}

void tr_check_kinds(tr_check *check, tr_tree *tree) {
  kinds kinds = {0};
  tr_map_init(&kinds.places, check->symbols->memory, (tr_hash_key){1, 2}, same_key, &kinds);
  for (uint32_t i = 0; i < tree->reps.count; i++)
    tree->reps.items[i]->kind = kind_of(check, &kinds, tree->reps.items[i]);
  tree->rep_kinds = kinds.keys.count;
  tr_map_close(&kinds.places);
}
