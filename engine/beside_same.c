/* beside_same.c - where two treaties side by side say the same: the same text, in which every name
 * means the same in its turn.
 *
 * It may find a difference where there is none (another blank, a comment); then both are kept, and
 * all that is lost is room. It never takes two for the same that are not. */
#include <stdlib.h>
#include <string.h>

#include "engine/beside.h"

/* A name that a treaty declares for itself, with all that it says of it. */
typedef struct said {
  const char *name;
  TR_LIST(tr_span) items; /* a frame is asked in one, and answered in another */
  const tr_use *from;     /* a file that it reads; NULL: none */
  bool differs;
} said;

typedef TR_LIST(said) said_list;

struct tr_differing {
  const tr_beside *beside;
  const tr_tree *tree, *before_tree;
  said_list here, before; /* by name */
};

/* ---- Texts ----------------------------------------------------------------------------------- */

static const char *text_of(const tr_beside *beside, tr_span span) {
  return beside->diags->sources.files.items[span.file].bytes + span.from;
}

static bool same_text(const tr_beside *beside, tr_span a, tr_span b) {
  return a.to - a.from == b.to - b.from &&
         memcmp(text_of(beside, a), text_of(beside, b), a.to - a.from) == 0;
}

static bool same_file(const tr_beside *beside, const tr_use *a, const tr_use *b) {
  if (!a || !b) return a == b;
  if (!a->read || !b->read) return a->read == b->read;
  const tr_source *left = &beside->diags->sources.files.items[a->file],
                  *right = &beside->diags->sources.files.items[b->file];
  return left->length == right->length && memcmp(left->bytes, right->bytes, left->length) == 0;
}

static tr_span item_around(const tr_tree *tree, tr_span span) {
  for (uint32_t i = 0; i < tree->items.count; i++) {
    tr_span item = tree->items.items[i];
    if (item.file == span.file && item.from <= span.from && span.to <= item.to) return item;
  }
  return span;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static said *find(const said_list *list, const char *name) {
  uint32_t low = 0, high = list->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = strcmp(list->items[middle].name, name);
    if (order == 0) return &list->items[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

static void note(const tr_beside *beside, const tr_tree *tree, said_list *list, tr_name name,
                 const tr_use *from) {
  said one = {.name = name.text, .from = from};
  TR_PUSH(beside->arena, &one.items, item_around(tree, name.span));
  TR_PUSH(beside->arena, list, one);
}

static int by_name(const void *a, const void *b) {
  const said *left = a, *right = b;
  int order = strcmp(left->name, right->name);
  tr_span l = left->items.items[0], r = right->items.items[0];
  if (order == 0 && l.file != r.file) return l.file < r.file ? -1 : 1;
  return order != 0 ? order : (l.from > r.from) - (l.from < r.from);
}

/* What is said of one name in several places becomes one. */
static void sort(const tr_beside *beside, said_list *list) {
  uint32_t kept = 0;
  if (list->count > 1) qsort(list->items, list->count, sizeof *list->items, by_name);
  for (uint32_t i = 0; i < list->count; i++) {
    said *last = kept > 0 ? &list->items[kept - 1] : NULL;
    if (last && strcmp(last->name, list->items[i].name) == 0)
      TR_PUSH(beside->arena, &last->items, list->items[i].items.items[0]);
    else
      list->items[kept++] = list->items[i];
  }
  list->count = kept;
}

static const tr_use *reads(const tr_use *from) { return from->path ? from : NULL; }

static said_list gather(const tr_beside *beside, const tr_tree *tree) {
  said_list list = {0};
#define NOTE(named) \
  for (uint32_t i = 0; i < tree->named.count; i++) note(beside, tree, &list, tree->named.items[i]->name,
  NOTE(contacts) NULL);
  NOTE(lists) reads(&tree->lists.items[i]->from));
  NOTE(catalogues) reads(&tree->catalogues.items[i]->from));
  NOTE(signals) NULL);
  NOTE(scores) NULL);
  NOTE(defines) NULL);
  NOTE(criteria) NULL);
#undef NOTE
  for (uint32_t i = 0; i < tree->calendars.count; i++) {
    tr_calendar_decl *calendar = tree->calendars.items[i];
    note(beside, tree, &list, calendar->name, NULL);
    for (uint32_t k = 0; k < calendar->holidays.count; k++)
      note(beside, tree, &list, calendar->name, reads(&calendar->holidays.items[k].from));
  }
  sort(beside, &list);
  return list;
}

/* ---- What differs ---------------------------------------------------------------------------- */

static bool differs_itself(const tr_beside *beside, const said *here, const said *before) {
  if (!before || here->items.count != before->items.count) return true;
  for (uint32_t i = 0; i < here->items.count; i++)
    if (!same_text(beside, here->items.items[i], before->items.items[i])) return true;
  return !same_file(beside, here->from, before->from);
}

static bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (unsigned char)c >= 0x80;
}

static bool means_other(const tr_differing *differing, const char *name) {
  const said *here = find(&differing->here, name), *before = find(&differing->before, name);
  return here ? here->differs : before != NULL;
}

/* Whether some word of it, alone or with those that dots join to it, is a name that differs. */
static bool has_other_word(const tr_differing *differing, tr_span item) {
  const char *text = text_of(differing->beside, item), *end = text + (item.to - item.from);
  char word[256];
  for (const char *at = text; at < end;) {
    size_t length = 0;
    while (at + length < end && (is_word_byte(at[length]) || at[length] == '.')) length++;
    if (length >= sizeof word) return true;
    memcpy(word, at, length);
    word[length] = '\0';
    if (length > 0 && means_other(differing, word)) return true;
    for (char *part = strtok(word, "."); part; part = strtok(NULL, "."))
      if (means_other(differing, part)) return true;
    at += length + 1;
  }
  return false;
}

static bool spreads(tr_differing *differing) {
  bool any = false;
  for (uint32_t i = 0; i < differing->here.count; i++) {
    said *here = &differing->here.items[i];
    for (uint32_t k = 0; !here->differs && k < here->items.count; k++) {
      bool own = find(&differing->here, here->name) == here;
      if (own && has_other_word(differing, here->items.items[k])) here->differs = any = true;
    }
  }
  return any;
}

tr_differing *tr_differing_new(const tr_beside *beside, uint32_t part, uint32_t before) {
  tr_differing *differing = TR_NEW(beside->arena, tr_differing);
  *differing = (tr_differing){.beside = beside,
                              .tree = &beside->trees[part],
                              .before_tree = &beside->trees[before],
                              .here = gather(beside, &beside->trees[part]),
                              .before = gather(beside, &beside->trees[before])};
  for (uint32_t i = 0; i < differing->here.count; i++) {
    said *here = &differing->here.items[i];
    here->differs = differs_itself(beside, here, find(&differing->before, here->name));
  }
  while (spreads(differing)) continue;
  return differing;
}

bool tr_means_the_same(const tr_differing *differing, const char *name) {
  return !means_other(differing, name);
}

bool tr_is_said_alike(const tr_differing *differing, tr_span span, tr_span there) {
  tr_span item = item_around(differing->tree, span);
  return same_text(differing->beside, item, item_around(differing->before_tree, there)) &&
         !has_other_word(differing, item);
}
