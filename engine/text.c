/* text.c - see text.h, whose sections this follows.
 *
 * Most texts are ASCII, and most of those lower case already: these take a short way everywhere,
 * and utf8proc has the rest. Of utf8proc only what works on one code point at a time is used, and
 * its composition: its own ordering of marks takes a time that grows with the square of a run of
 * them, so that one line of 128 KiB could hold the loop for seconds. */
#include "engine/text.h"

#include <assert.h>
#include <string.h>
#include <utf8proc.h>

static bool is_ascii(const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if ((unsigned char)bytes[i] >= 0x80) return false;
  }
  return true;
}

static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

static char lower(char c) { return is_upper(c) ? (char)(c - 'A' + 'a') : c; }

/* Reads the code point at bytes[*at] and steps over it; -1 when there is none. */
static int32_t next_point(const char *bytes, size_t length, size_t *at) {
  int32_t point;
  utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)bytes + *at,
                                           (utf8proc_ssize_t)(length - *at), &point);
  if (step <= 0) return -1;
  *at += (size_t)step;
  return point;
}

bool tr_utf8_valid(const char *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    if ((unsigned char)bytes[at] < 0x80)
      at++;
    else if (next_point(bytes, length, &at) < 0)
      return false;
  }
  return true;
}

/* ---- the pool ---- */

#define BLOCK_ENTRIES 1024u
#define CHUNK_BYTES   65536u
#define CHUNKS_MAX    65536u

static void *push_piece(tr_memory *memory, tr_texts_pieces *pieces, size_t bytes) {
  if (pieces->count == pieces->room) {
    uint32_t room = pieces->room ? pieces->room * 2 : 8;
    pieces->items = tr_memory_grow(memory, pieces->items, sizeof *pieces->items * pieces->room,
                                   sizeof *pieces->items * room);
    pieces->room = room;
  }
  void *piece = tr_memory_alloc(memory, bytes);
  pieces->items[pieces->count++] = piece;
  return piece;
}

static tr_texts_entry *entry_of(const tr_texts *pool, uint32_t own) {
  assert(own < pool->count);
  tr_texts_entry *block = pool->blocks.items[own / BLOCK_ENTRIES];
  return &block[own % BLOCK_ENTRIES];
}

static const char *bytes_of(const tr_texts *pool, const tr_texts_entry *entry) {
  const char *chunk = pool->chunks.items[entry->chunk_at / CHUNK_BYTES];
  return chunk + entry->chunk_at % CHUNK_BYTES;
}

static bool has_bytes(const void *owner, uint32_t own, const void *bytes, size_t length) {
  const tr_texts *pool = owner;
  const tr_texts_entry *entry = entry_of(pool, own);
  return entry->length == length && memcmp(bytes_of(pool, entry), bytes, length) == 0;
}

void tr_texts_init(tr_texts *pool, tr_memory *memory, const tr_texts *base) {
  assert(!base || base->sealed);
  *pool = (tr_texts){.memory = memory, .base = base, .first = base ? tr_texts_count(base) : 1};
  tr_map_init(&pool->map, memory, (tr_hash_key){0, 0}, has_bytes, pool);
  tr_arena_init(&pool->scratch, memory);
}

void tr_texts_seed(tr_texts *pool, tr_hash_key key) {
  assert(pool->count == 0 && !pool->sealed);
  tr_map_init(&pool->map, pool->memory, key, has_bytes, pool);
}

uint32_t tr_texts_count(const tr_texts *pool) { return pool->first + pool->count; }

/* Keeps the bytes and a NUL. A text too long for a chunk gets one of its own, and the one being
 * filled goes on being filled. */
static uint32_t store_bytes(tr_texts *pool, const char *bytes, size_t length) {
  bool alone = length >= CHUNK_BYTES;
  if (alone || pool->chunks.count == 0 || CHUNK_BYTES - pool->chunk_used <= length) {
    if (pool->chunks.count == CHUNKS_MAX) tr_memory_alloc(pool->memory, SIZE_MAX);
    char *fresh = push_piece(pool->memory, &pool->chunks, alone ? length + 1 : CHUNK_BYTES);
    if (alone) {
      memcpy(fresh, bytes, length);
      /* When it is the first of all, the next text finds a chunk with no byte left. */
      if (pool->chunks.count == 1) pool->chunk_used = CHUNK_BYTES;
      return (pool->chunks.count - 1) * CHUNK_BYTES;
    }
    pool->chunk = pool->chunks.count - 1;
    pool->chunk_used = 0;
  }
  uint32_t at = pool->chunk_used;
  memcpy((char *)pool->chunks.items[pool->chunk] + at, bytes, length);
  pool->chunk_used += (uint32_t)length + 1;
  assert(pool->chunk_used <= CHUNK_BYTES);
  return pool->chunk * CHUNK_BYTES + at;
}

uint32_t tr_texts_find(const tr_texts *pool, const char *bytes, size_t length) {
  if (length == 0) return 0;
  for (; pool; pool = pool->base) {
    uint32_t own = tr_map_find(&pool->map, bytes, length);
    if (own != TR_MAP_NONE) return pool->first + own;
  }
  return TR_TEXTS_NONE;
}

uint32_t tr_texts_add(tr_texts *pool, const char *bytes, size_t length) {
  assert(!pool->sealed);
  if (length == 0) return 0;
  if (pool->base) {
    uint32_t id = tr_texts_find(pool->base, bytes, length);
    if (id != TR_TEXTS_NONE) return id;
  }
  uint32_t own = tr_map_add(&pool->map, bytes, length, pool->count);
  if (own < pool->count) return pool->first + own;

  assert(tr_utf8_valid(bytes, length));
  if (length >= UINT32_MAX) tr_memory_alloc(pool->memory, SIZE_MAX);
  if (own % BLOCK_ENTRIES == 0) {
    push_piece(pool->memory, &pool->blocks, sizeof(tr_texts_entry) * BLOCK_ENTRIES);
  }
  uint32_t at = store_bytes(pool, bytes, length);
  pool->count++;
  *entry_of(pool, own) = (tr_texts_entry){at, (uint32_t)length, TR_TEXTS_NONE};
  return pool->first + own;
}

const char *tr_texts_bytes(const tr_texts *pool, uint32_t id, size_t *length) {
  assert(id < tr_texts_count(pool));
  if (length) *length = 0;
  if (id == 0) return "";
  while (id < pool->first) pool = pool->base;
  const tr_texts_entry *entry = entry_of(pool, id - pool->first);
  if (length) *length = entry->length;
  return bytes_of(pool, entry);
}

uint32_t tr_texts_folded(tr_texts *pool, uint32_t id) {
  assert(id < tr_texts_count(pool));
  if (id == 0) return 0;
  const tr_texts *holder = pool;
  while (id < holder->first) holder = holder->base;
  tr_texts_entry *entry = entry_of(holder, id - holder->first);
  if (entry->folded != TR_TEXTS_NONE) return entry->folded;

  assert(!holder->sealed); /* sealing has asked for each of them */
  size_t length;
  const char *fold = tr_fold(&pool->scratch, bytes_of(pool, entry), entry->length, &length);
  uint32_t folded = tr_texts_add(pool, fold, length);
  entry->folded = folded;
  tr_arena_reset(&pool->scratch);
  assert(tr_texts_folded(pool, folded) == folded);
  return folded;
}

void tr_texts_seal(tr_texts *pool) {
  for (uint32_t own = 0; own < pool->count; own++) tr_texts_folded(pool, pool->first + own);
  pool->sealed = true;
}

/* ---- folding ---- */

typedef struct points {
  int32_t *items;
  size_t count, room;
} points;

/* The longest that one code point becomes: four by decomposition, three by case folding. */
#define POINTS_EACH_MAX 4

static points points_new(tr_arena *arena, size_t room) {
  /* One more, for the NUL that utf8proc_reencode sets. */
  return (points){.items = TR_NEW_ARRAY(arena, int32_t, room + 1), .count = 0, .room = room};
}

static void push_changed(points *out, int32_t point, int options) {
  int break_class = 0;
  utf8proc_ssize_t count =
      utf8proc_decompose_char(point, out->items + out->count,
                              (utf8proc_ssize_t)(out->room - out->count), options, &break_class);
  assert(count >= 0 && (size_t)count <= out->room - out->count);
  out->count += (size_t)count;
}

static int mark_class(int32_t point) { return utf8proc_get_property(point)->combining_class; }

/* Sorts one run of marks by class, keeping the order within a class, in linear time. */
static void order_run(int32_t *run, size_t count, int32_t *room) {
  size_t starts[256] = {0}, sum = 0;
  for (size_t i = 0; i < count; i++) starts[mark_class(run[i])]++;
  for (size_t c = 0; c < 256; c++) {
    size_t here = starts[c];
    starts[c] = sum;
    sum += here;
  }
  for (size_t i = 0; i < count; i++) room[starts[mark_class(run[i])]++] = run[i];
  memcpy(run, room, count * sizeof *run);
}

/* Puts the marks behind each letter into canonical order; most are in it. */
static void order_marks(tr_arena *arena, points *p) {
  int32_t *room = NULL;
  for (size_t at = 0; at < p->count;) {
    size_t from = at;
    int before = 0;
    bool ordered = true;
    for (int class; at < p->count && (class = mark_class(p->items[at])) > 0; at++) {
      if (class < before) ordered = false;
      before = class;
    }
    if (!ordered) {
      if (!room) room = TR_NEW_ARRAY(arena, int32_t, p->count);
      order_run(p->items + from, at - from, room);
    }
    if (at == from) at++; /* a letter */
  }
}

/* Decomposes, then folds case, then composes. In this order, because folding turns one mark, the
 * iota below a Greek vowel, into a letter: what is equivalent before must have one form by then. */
static char *folded_points(tr_arena *arena, const char *bytes, size_t length, int options,
                           size_t *out_length) {
  points plain = points_new(arena, length * POINTS_EACH_MAX);
  for (size_t at = 0; at < length;) {
    int32_t point = next_point(bytes, length, &at);
    assert(point >= 0);
    push_changed(&plain, point, options | UTF8PROC_DECOMPOSE);
  }
  order_marks(arena, &plain);

  points folded = points_new(arena, plain.count * POINTS_EACH_MAX);
  for (size_t i = 0; i < plain.count; i++) {
    push_changed(&folded, plain.items[i], options | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD);
  }
  order_marks(arena, &folded);
  utf8proc_ssize_t written = utf8proc_reencode(folded.items, (utf8proc_ssize_t)folded.count,
                                               UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  assert(written >= 0);
  *out_length = (size_t)written;
  return (char *)folded.items;
}

static char *lower_ascii(tr_arena *arena, const char *bytes, size_t length) {
  char *copy = tr_arena_alloc(arena, length + 1);
  for (size_t i = 0; i < length; i++) copy[i] = lower(bytes[i]);
  return copy;
}

const char *tr_fold(tr_arena *arena, const char *bytes, size_t length, size_t *out_length) {
  size_t plain = 0;
  while (plain < length && (unsigned char)bytes[plain] < 0x80 && !is_upper(bytes[plain])) plain++;
  *out_length = length;
  if (plain == length) return bytes;
  if (is_ascii(bytes + plain, length - plain)) return lower_ascii(arena, bytes, length);
  return folded_points(arena, bytes, length, 0, out_length);
}

bool tr_text_starts_with(const char *bytes, size_t length, const char *start, size_t start_length) {
  return start_length <= length && memcmp(bytes, start, start_length) == 0;
}

bool tr_text_ends_with(const char *bytes, size_t length, const char *end, size_t end_length) {
  return end_length <= length && memcmp(bytes + (length - end_length), end, end_length) == 0;
}

bool tr_text_contains(const char *bytes, size_t length, const char *part, size_t part_length) {
  return memmem(bytes, length, part, part_length) != NULL;
}

/* ---- words ----
 *
 * A text is written out as a row of its words, folded, each with a space before and behind:
 *
 *     "Vize-CEO & Head of Sales"   ->   " vize ceo head of sales "
 *
 * In such a row a pattern is a plain part, and its spaces say which ends are closed: "head of" is
 * " head of ", "*leiter" is "leiter ", "start*" is " start". */

struct tr_words {
  size_t count;
  struct needle {
    const char *bytes;
    size_t length;
  } needles[];
};

static bool is_word_point(int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND: return true;
    default: return false;
  }
}

static bool is_word_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/* Writes the row of words of a text that is ASCII or stripped of its marks: length + 2 bytes at
 * most. */
static size_t write_row(const char *bytes, size_t length, char *row) {
  size_t end = 0;
  row[end++] = ' ';
  for (size_t at = 0; at < length;) {
    size_t from = at;
    char c = lower(bytes[at]);
    if ((unsigned char)c < 0x80) {
      at++;
      if (is_word_byte(c))
        row[end++] = c;
      else if (row[end - 1] != ' ')
        row[end++] = ' ';
    } else if (is_word_point(next_point(bytes, length, &at))) {
      memcpy(row + end, bytes + from, at - from);
      end += at - from;
    } else if (row[end - 1] != ' ') {
      row[end++] = ' ';
    }
    assert(at > from);
  }
  if (row[end - 1] != ' ') row[end++] = ' ';
  assert(end <= length + 2);
  return end;
}

/* Folded, without marks and what is invisible. */
static const char *stripped(tr_arena *arena, const char *bytes, size_t length, size_t *out_length) {
  *out_length = length;
  if (is_ascii(bytes, length)) return bytes;
  int options = UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
  return folded_points(arena, bytes, length, options, out_length);
}

static bool touches_word_at_start(const char *bytes, size_t length) {
  size_t at = 0;
  return length > 0 && is_word_point(next_point(bytes, length, &at));
}

static bool touches_word_at_end(const char *bytes, size_t length) {
  size_t at = length;
  while (at > 0 && ((unsigned char)bytes[at - 1] & 0xC0) == 0x80) at--;
  return at > 0 && touches_word_at_start(bytes + at - 1, length - (at - 1));
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static void trim(const char **bytes, size_t *length) {
  while (*length > 0 && is_blank(**bytes)) ++*bytes, --*length;
  while (*length > 0 && is_blank((*bytes)[*length - 1])) --*length;
}

/* Makes one pattern, or says what is wrong with it. */
static const char *make_needle(tr_arena *arena, const char *pattern, struct needle *needle) {
  size_t length = strlen(pattern);
  assert(tr_utf8_valid(pattern, length));
  const char *body = stripped(arena, pattern, length, &length);
  trim(&body, &length);
  bool open_start = length > 0 && body[0] == '*';
  if (open_start) body++, length--;
  bool open_end = length > 0 && body[length - 1] == '*';
  if (open_end) length--;

  char *row = tr_arena_alloc(arena, length + 2);
  size_t row_length = write_row(body, length, row);
  if (row_length == 1) return "has no letter or digit to look for";
  if (memchr(body, '*', length)) return "has a '*' that is neither its start nor its end";
  if ((open_start && !touches_word_at_start(body, length)) ||
      (open_end && !touches_word_at_end(body, length))) {
    return "has a '*' that does not touch a word";
  }
  needle->bytes = row + (open_start ? 1 : 0);
  needle->length = row_length - (open_start ? 1 : 0) - (open_end ? 1 : 0);
  return NULL;
}

tr_words *tr_words_compile(tr_arena *arena, const char *const *patterns, size_t count,
                           size_t *bad_index, const char **why) {
  tr_words *words = tr_arena_alloc(arena, sizeof *words + sizeof words->needles[0] * count);
  words->count = count;
  for (size_t i = 0; i < count; i++) {
    const char *wrong = make_needle(arena, patterns[i], &words->needles[i]);
    if (!wrong) continue;
    *bad_index = i;
    *why = wrong;
    return NULL;
  }
  return words;
}

bool tr_words_match(const tr_words *words, tr_arena *scratch, const char *bytes, size_t length) {
  char small[TR_WORDS_SMALL_BYTES + 2];
  bytes = stripped(scratch, bytes, length, &length);
  char *row = length <= TR_WORDS_SMALL_BYTES ? small : tr_arena_alloc(scratch, length + 2);
  size_t row_length = write_row(bytes, length, row);
  for (size_t i = 0; i < words->count; i++) {
    const struct needle *needle = &words->needles[i];
    if (tr_text_contains(row, row_length, needle->bytes, needle->length)) return true;
  }
  return false;
}

/* ---- domains ---- */

typedef struct slice {
  const char *bytes;
  size_t length;
} slice;

static slice slice_from(slice s, size_t from) {
  assert(from <= s.length);
  return (slice){s.bytes + from, s.length - from};
}

/* What stands before the first byte that is one of `stops`. */
static slice slice_until(slice s, const char *stops) {
  size_t length = 0;
  while (length < s.length && !memchr(stops, s.bytes[length], strlen(stops))) length++;
  return (slice){s.bytes, length};
}

static bool has_byte(slice s, char c) { return s.length > 0 && memchr(s.bytes, c, s.length); }

/* "acme.de:8080" -> "acme.de"; false when what follows the colon is no port. */
static bool drop_port(slice *host) {
  slice name = slice_until(*host, ":");
  for (size_t i = name.length + 1; i < host->length; i++) {
    if (host->bytes[i] < '0' || host->bytes[i] > '9') return false;
  }
  *host = name;
  return true;
}

/* Labels of letters, digits, '-' and '_', parted by single dots. What is not ASCII must be a
 * letter, a mark or a digit; whether a registry would take it is not ours to say. */
static bool is_domain(slice host) {
  if (host.length == 0 || host.length > TR_DOMAIN_BYTES_MAX) return false;
  bool label_open = false;
  for (size_t at = 0; at < host.length;) {
    char c = lower(host.bytes[at]);
    if (c == '.') {
      if (!label_open) return false;
      label_open = false;
      at++;
      continue;
    }
    int32_t point = next_point(host.bytes, host.length, &at);
    bool fine = point < 0x80 ? is_word_byte(c) || c == '-' || c == '_'
                             : is_word_point(point) || mark_class(point) > 0 ||
                                   utf8proc_category(point) == UTF8PROC_CATEGORY_MC;
    if (!fine) return false;
    label_open = true;
  }
  return label_open;
}

/* Drops port and closing dot, and sees whether a domain is left. */
static bool settle_domain(slice *host) {
  if (!drop_port(host)) return false;
  if (host->length > 0 && host->bytes[host->length - 1] == '.') host->length--;
  return is_domain(*host);
}

/* "anna@acme.de", "Anna <anna@acme.de>", "\"a@b\"@acme.de": what follows the '@'. */
static bool domain_of_address(slice text, slice *host) {
  if (text.length > 0 && text.bytes[text.length - 1] == '>') {
    const char *open = memrchr(text.bytes, '<', text.length);
    if (!open) return false;
    text = slice_from(text, (size_t)(open + 1 - text.bytes));
    text.length--;
  }
  const char *at = text.length ? memrchr(text.bytes, '@', text.length) : NULL;
  if (!at || at == text.bytes) return false;
  slice local = {text.bytes, (size_t)(at - text.bytes)};
  bool quoted = local.bytes[local.length - 1] == '"';
  if (!quoted && slice_until(local, "@ \t,;<>").length < local.length) return false;
  *host = slice_until(slice_from(text, local.length + 1), "?/#");
  return settle_domain(host);
}

/* The host of "//user:password@host:port/path", given what stands behind the slashes. */
static bool host_of_authority(slice text, slice *host) {
  slice authority = slice_until(text, "/?#\\");
  const char *at = authority.length ? memrchr(authority.bytes, '@', authority.length) : NULL;
  *host = at ? slice_from(authority, (size_t)(at + 1 - authority.bytes)) : authority;
  return settle_domain(host);
}

static bool is_scheme_byte(char c) { return is_word_byte(c) || c == '+' || c == '-' || c == '.'; }

/* What stands behind "scheme://" or "//"; nothing (bytes NULL) when the text does not begin so. */
static slice after_scheme(slice text) {
  size_t at = 0;
  while (at < text.length && is_scheme_byte(lower(text.bytes[at]))) at++;
  if (at > 0 && at < text.length && text.bytes[at] == ':')
    at++;
  else
    at = 0;
  bool slashes = text.length - at >= 2 && text.bytes[at] == '/' && text.bytes[at + 1] == '/';
  return slashes ? slice_from(text, at + 2) : (slice){0};
}

/* Without a scheme "acme.de" is taken for a host, "acme" and "3.5" are not. */
static bool is_plain_host(slice name, slice *host) {
  *host = name;
  if (has_byte(name, '@') || !settle_domain(host)) return false;
  const char *dot = memrchr(host->bytes, '.', host->length);
  return dot && !(dot[1] >= '0' && dot[1] <= '9');
}

static bool find_domain(slice text, slice *host) {
  slice behind = after_scheme(text);
  if (behind.bytes) return host_of_authority(behind, host);
  return is_plain_host(slice_until(text, "/?#"), host) || domain_of_address(text, host);
}

bool tr_domain_of(tr_arena *arena, const char *bytes, size_t length, const char **out,
                  size_t *out_length) {
  *out = NULL;
  *out_length = 0;
  trim(&bytes, &length);
  slice host = {0};
  if (!find_domain((slice){bytes, length}, &host)) return false;
  *out = tr_fold(arena, host.bytes, host.length, out_length);
  return true;
}
