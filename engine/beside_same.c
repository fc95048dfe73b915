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
  TR_LIST(tr_span) items;        /* a frame is asked in one, and answered in another */
  TR_LIST(const tr_use *) files; /* that it reads */
  const char *zone;              /* by whose clock it counts; "": the treaty's, NULL: by none */
  bool differs;
} said;

typedef TR_LIST(said) said_list;

struct tr_differing {
  const tr_beside *beside;
  const tr_tree *tree, *before_tree;
  const tr_part *part, *before_part;
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

bool tr_reads_the_same(const tr_beside *beside, const tr_use *a, const tr_use *b) {
  if (!a->read || !b->read) return a->read == b->read;
  const tr_source *left = &beside->diags->sources.files.items[a->file],
                  *right = &beside->diags->sources.files.items[b->file];
  return left->length == right->length && memcmp(left->bytes, right->bytes, left->length) == 0;
}

/* The declaration in which this stands; they lie in the order of files and places. */
static tr_span item_around(const tr_tree *tree, tr_span span) {
  uint32_t low = 0, high = tree->items.count; /* the first that begins behind it */
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    tr_span item = tree->items.items[middle];
    bool behind = item.file != span.file ? item.file > span.file : item.from > span.from;
    if (behind)
      high = middle;
    else
      low = middle + 1;
  }
  return low > 0 ? tree->items.items[low - 1] : span;
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
                 const tr_use *file, const char *zone) {
  said one = {.name = name.text, .zone = zone};
  TR_PUSH(beside->arena, &one.items, item_around(tree, name.span));
  if (file && file->path) TR_PUSH(beside->arena, &one.files, file);
  TR_PUSH(beside->arena, list, one);
}

static int by_name(const void *a, const void *b) {
  const said *left = a, *right = b;
  int order = strcmp(left->name, right->name);
  tr_span l = left->items.items[0], r = right->items.items[0];
  if (order == 0 && l.file != r.file) return l.file < r.file ? -1 : 1;
  return order != 0 ? order : (l.from > r.from) - (l.from < r.from);
}

static void add(const tr_beside *beside, said *to, const said *more) {
  for (uint32_t i = 0; i < more->items.count; i++)
    TR_PUSH(beside->arena, &to->items, more->items.items[i]);
  for (uint32_t i = 0; i < more->files.count; i++)
    TR_PUSH(beside->arena, &to->files, more->files.items[i]);
}

/* What is said of one name in several places becomes one. */
static void sort(const tr_beside *beside, said_list *list) {
  uint32_t kept = 0;
  if (list->count > 1) qsort(list->items, list->count, sizeof *list->items, by_name);
  for (uint32_t i = 0; i < list->count; i++) {
    said *last = kept > 0 ? &list->items[kept - 1] : NULL;
    if (last && strcmp(last->name, list->items[i].name) == 0)
      add(beside, last, &list->items[i]);
    else
      list->items[kept++] = list->items[i];
  }
  list->count = kept;
}

static void gather_calendars(const tr_beside *beside, const tr_tree *tree, said_list *list) {
  for (uint32_t i = 0; i < tree->calendars.count; i++) {
    const tr_calendar_decl *calendar = tree->calendars.items[i];
    const char *zone = calendar->zone.text ? calendar->zone.text : "";
    note(beside, tree, list, calendar->name, NULL, zone);
    for (uint32_t k = 0; k < calendar->holidays.count; k++)
      note(beside, tree, list, calendar->name, &calendar->holidays.items[k].from, zone);
  }
}

static said_list gather(const tr_beside *beside, const tr_tree *tree) {
  said_list list = {0};
#define NOTE(named, file, zone)                    \
  for (uint32_t i = 0; i < tree->named.count; i++) \
    note(beside, tree, &list, tree->named.items[i]->name, file, zone);
  NOTE(contacts, NULL, NULL)
  NOTE(lists, &tree->lists.items[i]->from, NULL)
  NOTE(catalogues, &tree->catalogues.items[i]->from, NULL)
  NOTE(signals, NULL, NULL)
  NOTE(scores, NULL, "")
  NOTE(defines, NULL, NULL)
  NOTE(criteria, NULL, NULL)
#undef NOTE
  gather_calendars(beside, tree, &list);
  sort(beside, &list);
  return list;
}

/* ---- What differs ---------------------------------------------------------------------------- */

static bool same_texts(const tr_beside *beside, const said *here, const said *before) {
  if (here->items.count != before->items.count || here->files.count != before->files.count)
    return false;
  for (uint32_t i = 0; i < here->items.count; i++)
    if (!same_text(beside, here->items.items[i], before->items.items[i])) return false;
  for (uint32_t i = 0; i < here->files.count; i++)
    if (!tr_reads_the_same(beside, here->files.items[i], before->files.items[i])) return false;
  return true;
}

/* Sealed on different days, a zone of one name may be another. */
static bool same_zone(const tr_part *here, const tr_part *before, const char *zone) {
  treaty_text a = {0}, b = {0};
  const char *why;
  if (!zone) return true;
  if (!*zone && strcmp(tr_zone_name(here->zone), tr_zone_name(before->zone)) != 0) return false;
  const char *name = *zone ? zone : tr_zone_name(here->zone);
  bool read = here->host->read_zone(here->host->context, name, &a, &why);
  if (read != before->host->read_zone(before->host->context, name, &b, &why)) return false;
  return !read || (a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0);
}

static bool differs_itself(const tr_differing *differing, const said *here) {
  const said *before = find(&differing->before, here->name);
  return !before || !same_texts(differing->beside, here, before) ||
         !same_zone(differing->part, differing->before_part, here->zone);
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
    char *rest = NULL;
    for (char *part = strtok_r(word, ".", &rest); part; part = strtok_r(NULL, ".", &rest))
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
                              .part = &beside->parts[part],
                              .before_part = &beside->parts[before],
                              .here = gather(beside, &beside->trees[part]),
                              .before = gather(beside, &beside->trees[before])};
  for (uint32_t i = 0; i < differing->here.count; i++) {
    said *here = &differing->here.items[i];
    here->differs = differs_itself(differing, here);
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
