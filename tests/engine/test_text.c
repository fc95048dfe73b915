/* test_text.c - texts: the pool, folding (over all of Unicode), word patterns and domains, and all
 * of them with every request for memory refused in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "engine/text.h"
#include "grammar/memory.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define SEED            20260801u

/* splitmix64: the same numbers on every machine, from one seed. */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static size_t put_point(char *out, int32_t point) {
  return (size_t)utf8proc_encode_char(point, (utf8proc_uint8_t *)out);
}

/* ---- UTF-8 ---- */

static void test_utf8_valid(void **state) {
  (void)state;
  static const char *const valid[] = {"",
                                      "plain",
                                      "Gr\xC3\xBC\xC3\x9F",
                                      "\xED\x9F\xBF",
                                      "\xEE\x80\x80",
                                      "\xF0\x9F\x98\x80",
                                      "\xF4\x8F\xBF\xBF"};
  static const char *const invalid[] = {
      "\x80",             /* a tail without a head */
      "a\xC3",            /* a head without a tail */
      "\xC3(",            /* a wrong tail */
      "\xC0\xAF",         /* '/' in two bytes */
      "\xE0\x80\xAF",     /* '/' in three bytes */
      "\xED\xA0\x80",     /* half of a surrogate pair */
      "\xF4\x90\x80\x80", /* beyond U+10FFFF */
      "\xF0\x9F\x98",     /* cut off */
      "\xFF",
  };
  for (size_t i = 0; i < COUNT_OF(valid); i++) {
    assert_true(tr_utf8_valid(valid[i], strlen(valid[i])));
  }
  for (size_t i = 0; i < COUNT_OF(invalid); i++) {
    assert_false(tr_utf8_valid(invalid[i], strlen(invalid[i])));
  }
  assert_true(tr_utf8_valid("a\0b", 3));
  assert_true(tr_utf8_valid(NULL, 0));
}

/* ---- the pool ---- */

static uint32_t add(tr_texts *pool, const char *text) {
  return tr_texts_add(pool, text, strlen(text));
}

static uint32_t find(const tr_texts *pool, const char *text) {
  return tr_texts_find(pool, text, strlen(text));
}

static void expect_text(const tr_texts *pool, uint32_t id, const char *text) {
  size_t length;
  assert_string_equal(tr_texts_bytes(pool, id, &length), text);
  assert_int_equal(length, strlen(text));
}

static void test_pool_gives_one_number_to_one_text(void **state) {
  (void)state;
  tr_memory memory = {0};
  tr_texts pool;
  tr_texts_init(&pool, &memory, NULL);
  assert_int_equal(memory.bytes, 0);
  assert_int_equal(tr_texts_count(&pool), 1);
  assert_int_equal(add(&pool, ""), 0);
  expect_text(&pool, 0, "");
  assert_int_equal(add(&pool, "acme"), 1);
  assert_int_equal(add(&pool, "Acme"), 2);
  assert_int_equal(add(&pool, "acme"), 1);
  assert_int_equal(tr_texts_add(&pool, "acme\0x", 6), 3); /* bytes, not a C string */
  assert_int_equal(tr_texts_add(&pool, "acmex", 4), 1);
  assert_int_equal(tr_texts_count(&pool), 4);
  assert_int_equal(find(&pool, "Acme"), 2);
  assert_int_equal(find(&pool, "ACME"), TR_TEXTS_NONE);
  assert_int_equal(find(&pool, ""), 0);
  expect_text(&pool, 2, "Acme");
  size_t length;
  assert_memory_equal(tr_texts_bytes(&pool, 3, &length), "acme\0x", 7);
  assert_int_equal(length, 6);
  tr_memory_close(&memory);
}

static void test_pool_numbers_do_not_depend_on_the_secret(void **state) {
  (void)state;
  tr_memory memory = {0};
  tr_texts one, other;
  tr_texts_init(&one, &memory, NULL);
  tr_texts_init(&other, &memory, NULL);
  tr_texts_seed(&other, (tr_hash_key){0x1234, 0x5678});
  for (int i = 0; i < 3000; i++) {
    char text[16];
    snprintf(text, sizeof text, "t%d", i * 7 % 2000);
    assert_int_equal(add(&one, text), add(&other, text));
  }
  assert_int_equal(tr_texts_count(&one), 2001);
  tr_memory_close(&memory);
}

static void test_pool_stands_on_a_sealed_one(void **state) {
  (void)state;
  tr_memory program_memory = {0}, memory = {0};
  tr_texts constants, middle, pool;
  tr_texts_init(&constants, &program_memory, NULL);
  assert_int_equal(add(&constants, "Germany"), 1);
  assert_int_equal(add(&constants, "ceo"), 2);
  tr_texts_seal(&constants);
  assert_int_equal(tr_texts_count(&constants), 4); /* sealing has added "germany" */
  size_t sealed_bytes = program_memory.bytes;

  tr_texts_init(&middle, &memory, &constants);
  assert_int_equal(add(&middle, "Acme"), 4);
  tr_texts_seal(&middle);
  tr_texts_init(&pool, &memory, &middle);
  assert_int_equal(tr_texts_count(&pool), 6);
  assert_int_equal(add(&pool, "CEO"), 6);
  assert_int_equal(add(&pool, "ceo"), 2);
  assert_int_equal(add(&pool, "acme"), 5);
  assert_int_equal(add(&pool, ""), 0);
  assert_int_equal(find(&pool, "Germany"), 1);
  assert_int_equal(find(&constants, "Acme"), TR_TEXTS_NONE);
  expect_text(&pool, 1, "Germany");
  expect_text(&pool, 4, "Acme");
  expect_text(&pool, 6, "CEO");
  assert_int_equal(tr_texts_folded(&pool, 1), 3);
  assert_int_equal(tr_texts_folded(&pool, 6), 2); /* folds to the constant */
  assert_int_equal(add(&pool, "GERMANY"), 7);
  assert_int_equal(tr_texts_folded(&pool, 7), 3);
  assert_int_equal(tr_texts_count(&pool), 8);
  assert_int_equal(program_memory.bytes, sealed_bytes);
  tr_memory_close(&memory);
  tr_memory_close(&program_memory);
}

/* Lengths on both sides of a chunk's size, one of them the first text of all. */
static void test_pool_holds_long_texts(void **state) {
  (void)state;
  static const size_t lengths[] = {70000, 1,     65535, 65536, 65534, 200000,
                                   40000, 25535, 40001, 25534, 12};
  static char bytes[200001];
  tr_memory memory = {0};
  tr_texts pool;
  tr_texts_init(&pool, &memory, NULL);
  const char *kept[COUNT_OF(lengths)];
  memset(bytes, 'x', sizeof bytes);
  for (size_t i = 0; i < COUNT_OF(lengths); i++) {
    bytes[0] = (char)('a' + i);
    assert_int_equal(tr_texts_add(&pool, bytes, lengths[i]), i + 1);
    kept[i] = tr_texts_bytes(&pool, (uint32_t)i + 1, NULL);
  }
  for (size_t i = 0; i < COUNT_OF(lengths); i++) {
    size_t length;
    bytes[0] = (char)('a' + i);
    const char *found = tr_texts_bytes(&pool, (uint32_t)i + 1, &length);
    assert_ptr_equal(found, kept[i]); /* it has not moved */
    assert_int_equal(length, lengths[i]);
    assert_memory_equal(found, bytes, length);
    assert_int_equal(found[length], '\0');
    assert_int_equal(tr_texts_find(&pool, bytes, length), i + 1);
  }
  tr_memory_close(&memory);
}

/* The promise of text.h: 12 bytes of entry, and 11 of slots just before the table grows. */
static void test_pool_is_compact(void **state) {
  (void)state;
  tr_memory memory = {0};
  tr_texts pool;
  tr_texts_init(&pool, &memory, NULL);
  size_t bytes = 0;
  uint32_t count = 98000; /* just below three quarters of 131,072 slots */
  for (uint32_t i = 0; i < count; i++) {
    char text[16];
    bytes += (size_t)snprintf(text, sizeof text, "company %u", i);
    assert_int_equal(add(&pool, text), i + 1);
  }
  assert_in_range(memory.bytes - bytes, 0, (size_t)count * 25);
  for (uint32_t i = 0; i < count; i++) tr_texts_folded(&pool, i + 1);
  assert_in_range(memory.bytes - bytes, 0, (size_t)count * 25); /* each is its own fold */
  tr_memory_close(&memory);
}

/* ---- folding ---- */

typedef struct fixture {
  tr_memory memory;
  tr_arena arena;
} fixture;

static int set_up(void **state) {
  static fixture f;
  f = (fixture){0};
  tr_arena_init(&f.arena, &f.memory);
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  tr_memory_close(&((fixture *)*state)->memory);
  return 0;
}

static void expect_fold(tr_arena *arena, const char *text, const char *fold) {
  size_t length;
  const char *found = tr_fold(arena, text, strlen(text), &length);
  assert_int_equal(length, strlen(fold));
  assert_memory_equal(found, fold, length);
}

static void test_fold(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  static const char *const pairs[][2] = {
      {"", ""},
      {"already lower 1-2", "already lower 1-2"},
      {"Head OF Sales [Z]", "head of sales [z]"},
      {"\u00C9cole", "\u00E9cole"},
      {"E\u0301cole", "\u00E9cole"},
      {"STRASSE", "strasse"},
      {"Stra\u00DFe", "strasse"},
      {"STRA\u1E9EE", "strasse"},
      {"M\u00DCLLER", "m\u00FCller"},
      {"\u03A3\u0391\u03A3 \u03C3\u03B1\u03C2", "\u03C3\u03B1\u03C3 \u03C3\u03B1\u03C3"},
      {"\u212B", "\u00E5"},               /* the sign for angstrom is a letter with a ring */
      {"q\u0307\u0323", "q\u0323\u0307"}, /* marks in canonical order */
      {"q\u0323\u0307", "q\u0323\u0307"},
      {"\u1FB4", "\u03AC\u03B9"}, /* iota below: a mark before folding, a letter after */
      {"\u03B1\u0345\u0301", "\u03AC\u03B9"},
      {"\u03B1\u0301\u0345", "\u03AC\u03B9"},
      {"\u0958", "\u0915\u093C"}, /* one of the few that NFC takes apart */
      {"\uAC01", "\uAC01"},
      {"\u1100\u1161\u11A8", "\uAC01"}, /* a Korean syllable from its letters */
      {"\uFB03", "ffi"},
      {"\u00D8re \u0141", "\u00F8re \u0142"},
      {"\u0130", "i\u0307"},
      {"\U0001F600 A", "\U0001F600 a"},
  };
  for (size_t i = 0; i < COUNT_OF(pairs); i++) expect_fold(arena, pairs[i][0], pairs[i][1]);
  size_t length;
  assert_memory_equal(tr_fold(arena, "A\0\u00C4", 4, &length), "a\0\u00E4", 4);
  assert_int_equal(length, 4);
}

static void test_fold_hands_back_what_is_folded(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  const char *text = "all lower & 100 %";
  size_t length;
  assert_ptr_equal(tr_fold(arena, text, strlen(text), &length), text);
  assert_int_equal(((fixture *)*state)->memory.bytes, 0);
}

/* A fold is its own fold, and the decomposed spelling has the same. */
static void check_fold_of(tr_arena *arena, const char *text, size_t length) {
  size_t fold_length, again_length, other_length;
  const char *fold = tr_fold(arena, text, length, &fold_length);
  const char *again = tr_fold(arena, fold, fold_length, &again_length);
  assert_int_equal(fold_length, again_length);
  assert_memory_equal(fold, again, fold_length);
  assert_true(tr_utf8_valid(fold, fold_length));

  utf8proc_uint8_t *decomposed = NULL;
  utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length,
                                       &decomposed, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
  assert_true(size >= 0);
  const char *other = tr_fold(arena, (const char *)decomposed, (size_t)size, &other_length);
  assert_int_equal(other_length, fold_length);
  assert_memory_equal(other, fold, fold_length);
  free(decomposed);
}

static void test_fold_over_all_of_unicode(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  for (int32_t point = 1; point < 0x110000; point++) {
    if (point >= 0xD800 && point < 0xE000) continue;
    if (utf8proc_category(point) == UTF8PROC_CATEGORY_CN) continue;
    if (utf8proc_category(point) == UTF8PROC_CATEGORY_CO) continue;
    char text[16];
    size_t length = put_point(text, point);
    check_fold_of(arena, text, length);
    length += put_point(text + length, 0x345);
    length += put_point(text + length, 0x301);
    check_fold_of(arena, text, length);
    tr_arena_reset(arena);
  }
}

/* Letters that compose or fold oddly, with several marks behind them. */
static void test_fold_of_letters_with_marks(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  static const int32_t points[] = {'A',    'i',    's',    0xDF,   0xC5,   0x130,  0x149,  0x1F0,
                                   0x345,  0x301,  0x308,  0x323,  0x327,  0x307,  0x390,  0x3B1,
                                   0x3C2,  0x1E9E, 0x1FB7, 0x1FF3, 0x1100, 0x1161, 0x11A8, 0xAC00,
                                   0x9C7,  0x9BE,  0xF71,  0xF72,  0xF73,  0xFB2C, 0x200D, 0x1D15E,
                                   0x2126, 0x13A0, 0xAB70, 0x10D0, 0x1C90};
  uint64_t random = SEED;
  print_message("seed %u\n", SEED);
  for (int round = 0; round < 30000; round++) {
    char text[64];
    size_t length = 0;
    for (int i = 0; i < 6; i++) {
      length += put_point(text + length, points[next_random(&random) % COUNT_OF(points)]);
    }
    check_fold_of(arena, text, length);
    tr_arena_reset(arena);
  }
}

/* A long run of marks in the worst order: sorted by exchanging neighbours it takes 10^10 steps. */
static void test_fold_of_a_long_run_of_marks(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  size_t count = 200000, length = 1;
  char *text = tr_arena_alloc(arena, 1 + 2 * count);
  text[0] = 'q';
  for (size_t i = 0; i < count; i++) {
    length += put_point(text + length, i < count / 2 ? 0x307 : 0x323);
  }
  size_t fold_length;
  const char *fold = tr_fold(arena, text, length, &fold_length);
  assert_int_equal(fold_length, length);
  assert_memory_equal(fold, "q\u0323", 3);
  assert_memory_equal(fold + count - 1, "\u0323\u0307", 4);
}

static void test_pool_folds(void **state) {
  (void)state;
  tr_memory memory = {0};
  tr_texts pool;
  tr_texts_init(&pool, &memory, NULL);
  uint32_t composed = add(&pool, "\u00C9cole"), decomposed = add(&pool, "e\u0301COLE");
  uint32_t fold = tr_texts_folded(&pool, composed);
  expect_text(&pool, fold, "\u00E9cole");
  assert_int_equal(tr_texts_folded(&pool, decomposed), fold);
  assert_int_equal(tr_texts_folded(&pool, fold), fold);
  assert_int_equal(tr_texts_folded(&pool, 0), 0);
  uint32_t plain = add(&pool, "ecole");
  assert_int_equal(tr_texts_folded(&pool, plain), plain);
  assert_int_not_equal(plain, fold); /* accents count in a comparison */
  uint32_t upper = add(&pool, "STRASSE");
  uint32_t mixed = add(&pool, "Stra\u00DFe");
  assert_int_equal(tr_texts_folded(&pool, upper), tr_texts_folded(&pool, mixed));
  tr_memory_close(&memory);
}

/* ---- parts ---- */

static void test_parts(void **state) {
  (void)state;
  assert_true(tr_text_starts_with("/pricing/eu", 11, "/pricing", 8));
  assert_false(tr_text_starts_with("/pri", 4, "/pricing", 8));
  assert_false(tr_text_starts_with("a/pricing", 9, "/pricing", 8));
  assert_true(tr_text_ends_with("acme gmbh", 9, "gmbh", 4));
  assert_false(tr_text_ends_with("mbh", 3, "gmbh", 4));
  assert_false(tr_text_ends_with("gmbh & co", 9, "gmbh", 4));
  assert_true(tr_text_contains("gmbh & co", 9, "h & c", 5));
  assert_false(tr_text_contains("gmbh & co", 9, "gmbhco", 6));
  assert_true(tr_text_contains("ab", 2, "ab", 2));
  assert_false(tr_text_contains("ab", 2, "abc", 3));
  assert_true(tr_text_starts_with("", 0, "", 0) && tr_text_ends_with("a", 1, "", 0));
}

/* ---- words ---- */

static bool matches(tr_arena *arena, const char *pattern, const char *text) {
  size_t bad_index;
  const char *why;
  tr_words *words = tr_words_compile(arena, &pattern, 1, &bad_index, &why);
  assert_non_null(words);
  return tr_words_match(words, arena, text, strlen(text));
}

static void test_words(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  static const struct {
    bool match;
    const char *pattern, *text;
  } cases[] = {
      {true, "ceo", "CEO"},
      {true, "CEO", "ceo"},
      {true, "ceo", "Vize-CEO"},
      {true, "ceo", "(CEO)/Founder"},
      {true, "ceo", "ceo_interim"},
      {false, "ceo", "CEOs"},
      {false, "ceo", "Video"},
      {false, "ceo", "ceo2"},
      {false, "ceo", ""},
      {false, "ceo", " - "},
      {false, "ceo", "c e o"},
      {true, "ceo", "CEO\u00B2"}, /* a raised digit is no decimal digit */
      {true, "head of", "Head of Sales"},
      {true, "head of", "Group Head  -  OF: Sales"},
      {true, "  head   of ", "the head of"},
      {true, "head-of", "head of"},
      {false, "head of", "overhead of x"},
      {false, "head of", "head offline"},
      {false, "head of", "head and shoulders of"},
      {false, "head of", "of head"},
      {true, "head of", "head head of"}, /* begins again at the second */
      {true, "*leiter", "Vertriebsleiter Nord"},
      {true, "*leiter", "Leiter"},
      {false, "*leiter", "Leiterin Einkauf"},
      {true, "*leiterin", "Leiterin Einkauf"},
      {true, "*leiterin", "Abteilungsleiterin"},
      {false, "*leiter", "Leitern"},
      {true, "einkauf*", "Einkaufsleitung"},
      {true, "einkauf*", "Leiter Einkauf"},
      {false, "einkauf*", "Zentraleinkauf"},
      {true, "*einkauf*", "Zentraleinkaufsleitung"},
      {false, "*einkauf*", "Ein Kauf"},
      {true, "*leiter vertrieb*", "Gebietsleiter, Vertriebsregion Nord"},
      {false, "*leiter vertrieb*", "Gebietsleiterin Vertrieb"},
      {true, "geschaftsfuhrer", "Gesch\u00E4ftsf\u00FChrer"},
      {true, "Gesch\u00E4ftsf\u00FChrer", "GESCHAFTSFUHRER"},
      {true, "gesch\u00E4ftsf\u00FChrer", "Gescha\u0308ftsfu\u0308hrer"},
      {false, "geschaeftsfuehrer", "Gesch\u00E4ftsf\u00FChrer"},
      {true, "*stra\u00DFe", "HAUPTSTRASSE"},
      {true, "*strasse", "Hauptstra\u00DFe 5"},
      {true, "directeur general", "Directeur G\u00E9n\u00E9ral"},
      {true, "s\u00F8ren", "S\u00D8REN"},
      {false, "soren", "S\u00F8ren"}, /* letters of their own */
      {false, "lukasz", "\u0141ukasz"},
      {true, "\u0142ukasz", "\u0141UKASZ"},
      {false, "ogrenci", "\u00D6\u011Frenc\u0131"},
      {true, "izmir", "\u0130zmir"},
      {true, "\u03B1", "\u1FB3"}, /* the iota below is an accent here, */
      {true, "\u03B1", "\u03B1\u0345"},
      {true, "einkauf", "Ein\u00ADkauf"}, /* a soft hyphen is not there */
      {true, "\u0434\u0438\u0440\u0435\u043A\u0442\u043E\u0440",
       "\u0413\u0435\u043D. \u0414\u0418\u0420\u0415\u041A\u0422\u041E\u0420"},
      {true, "*\u90E8\u957F*", "\u9500\u552E\u90E8\u957F\u52A9\u7406"},
      {true, "\uAC00*", "\uAC00\uAC01"},
      {false, "\uAC00*", "\uAC01"}, /* whole syllables, not the start of one */
      {true, "r&d", "R & D"},
      {true, "l'achat", "Chef de l\u2019achat"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (matches(arena, cases[i].pattern, cases[i].text) == cases[i].match) continue;
    fail_msg("\"%s\" in \"%s\" is not %d", cases[i].pattern, cases[i].text, cases[i].match);
  }
}

static void test_words_in_a_set(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  static const char *const patterns[] = {"head of", "*leiter", "*leiterin", "vp", "ceo", "cfo"};
  size_t bad_index;
  const char *why;
  tr_words *words = tr_words_compile(arena, patterns, COUNT_OF(patterns), &bad_index, &why);
  assert_true(tr_words_match(words, arena, "VP Sales", 8));
  assert_true(tr_words_match(words, arena, "Interim CFO", 11));
  assert_true(tr_words_match(words, arena, "head of", 7));
  assert_false(tr_words_match(words, arena, "Assistant", 9));
  assert_false(tr_words_match(words, arena, "VP Sales", 1)); /* the length counts */
  assert_false(tr_words_match(words, arena, NULL, 0));
  words = tr_words_compile(arena, patterns, 0, &bad_index, &why);
  assert_false(tr_words_match(words, arena, "ceo", 3));
}

static void test_words_that_say_nothing(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  static const char *const wrong[][2] = {
      {"", "has no letter or digit to look for"},
      {"*", "has no letter or digit to look for"},
      {"**", "has no letter or digit to look for"},
      {" & ", "has no letter or digit to look for"},
      {"\u0301", "has no letter or digit to look for"},
      {"vice*president", "has a '*' that is neither its start nor its end"},
      {"head* of", "has a '*' that is neither its start nor its end"},
      {"**leiter", "has a '*' that is neither its start nor its end"},
      {"* leiter", "has a '*' that does not touch a word"},
      {"leiter-*", "has a '*' that does not touch a word"},
      {"leiter\u2013*", "has a '*' that does not touch a word"},
  };
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    const char *patterns[] = {"fine", wrong[i][0], "*"};
    size_t bad_index = 99;
    const char *why = NULL;
    assert_null(tr_words_compile(arena, patterns, 3, &bad_index, &why));
    assert_int_equal(bad_index, 1);
    assert_string_equal(why, wrong[i][1]);
  }
}

static void test_words_in_long_texts(void **state) {
  fixture *f = *state;
  const char *pattern = "ceo";
  size_t bad_index;
  const char *why;
  tr_words *words = tr_words_compile(&f->arena, &pattern, 1, &bad_index, &why);
  size_t length = 300000;
  char *text = tr_arena_alloc(&f->arena, length);
  memset(text, 'x', length);
  memcpy(text + length - 4, " ceo", 4);

  tr_arena scratch;
  tr_arena_init(&scratch, &f->memory);
  size_t before = f->memory.bytes;
  const char *end = text + length;
  assert_true(tr_words_match(words, &scratch, end - TR_WORDS_SMALL_BYTES, TR_WORDS_SMALL_BYTES));
  assert_int_equal(f->memory.bytes, before); /* nothing asked for */
  assert_true(
      tr_words_match(words, &scratch, end - TR_WORDS_SMALL_BYTES - 1, TR_WORDS_SMALL_BYTES + 1));
  assert_true(tr_words_match(words, &scratch, text, length));
  assert_false(tr_words_match(words, &scratch, text, length - 1));
  memcpy(text, "\u00C4", 2);
  assert_true(tr_words_match(words, &scratch, text, length));
}

/* ---- domains ---- */

static void test_domain_of(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  static const char *const cases[][2] = {
      {"anna@acme.de", "acme.de"},
      {" Anna.Muster+x@Mail.ACME.de ", "mail.acme.de"},
      {"anna@acme.de.", "acme.de"},
      {"Anna Muster <anna@acme.de>", "acme.de"},
      {"mailto:anna@acme.de?subject=Hi@you", NULL},
      {"mailto:anna@acme.de?subject=Hi", "acme.de"},
      {"\"a@b\"@acme.de", "acme.de"},
      {"a/b@acme.de", "acme.de"},
      {"root@localhost", "localhost"},
      {"anna@M\u00DCLLER.de", "m\u00FCller.de"},
      {"anna@xn--mller-kva.de", "xn--mller-kva.de"},
      {"https://www.acme.de/a/b?c=d@e#f", "www.acme.de"},
      {"HTTP://Acme.DE:8080", "acme.de"},
      {"http://acme.de.:80/", "acme.de"},
      {"http://user:pa@ss@acme.de/x", "acme.de"},
      {"//acme.de/x", "acme.de"},
      {"http://localhost:3000/", "localhost"},
      {"http://10.0.0.1/x", "10.0.0.1"},
      {"acme.de", "acme.de"},
      {"www.acme.de/contact", "www.acme.de"},
      {"acme.de:443", "acme.de"},
      {"acme.de/go?to=https://other.com", "acme.de"},
      {"medium.com/@anna", "medium.com"},
      {"", NULL},
      {"   ", NULL},
      {"acme", NULL},
      {"3.5", NULL},
      {"hello.", NULL},
      {"@acme.de", NULL},
      {"anna@", NULL},
      {"anna@.de", NULL},
      {"anna@acme..de", NULL},
      {"anna@acme.de..", NULL},
      {"anna muster@acme.de", NULL},
      {"a@acme.de, b@other.de", NULL},
      {"a@b@acme.de", NULL},
      {"anna@ac me.de", NULL},
      {"anna@[192.0.2.1]", NULL},
      {"anna@acme.de>", NULL},
      {"http://[::1]/", NULL},
      {"http://", NULL},
      {"//", NULL},
      {"http:///path", NULL},
      {"http://acme.de:8x/", NULL},
      {"https:acme.de/x", NULL},
      {"anna@acme\u2014.de", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    const char *out, *expected = cases[i][1];
    size_t length;
    bool found = tr_domain_of(arena, cases[i][0], strlen(cases[i][0]), &out, &length);
    bool same = found && expected && length == strlen(expected) && !memcmp(out, expected, length);
    if (expected ? same : !found && !out && !length) continue;
    fail_msg("domain of \"%s\" is \"%.*s\"", cases[i][0], (int)length, found ? out : "");
  }
}

static void test_domain_has_a_limit(void **state) {
  tr_arena *arena = &((fixture *)*state)->arena;
  char text[2 + TR_DOMAIN_BYTES_MAX + 1] = "a@";
  memset(text + 2, 'd', TR_DOMAIN_BYTES_MAX + 1);
  const char *out;
  size_t length;
  assert_true(tr_domain_of(arena, text, 2 + TR_DOMAIN_BYTES_MAX, &out, &length));
  assert_int_equal(length, TR_DOMAIN_BYTES_MAX);
  assert_false(tr_domain_of(arena, text, 2 + TR_DOMAIN_BYTES_MAX + 1, &out, &length));
  assert_false(tr_domain_of(arena, "a@b\0c.de", 8, &out, &length));
  assert_false(tr_domain_of(arena, NULL, 0, &out, &length));
}

/* ---- no memory ---- */

static void use_texts(tr_memory *program_memory, tr_memory *memory) {
  tr_texts constants, pool;
  tr_arena arena;
  tr_texts_init(&constants, program_memory, NULL);
  add(&constants, "Germany");
  add(&constants, "STRASSE");
  tr_texts_seal(&constants);

  tr_arena_init(&arena, memory);
  tr_texts_init(&pool, memory, &constants);
  for (uint32_t i = 0; i < 2500; i++) {
    char text[32];
    snprintf(text, sizeof text, "Stra\u00DFe %u in M\u00FCnchen", i);
    uint32_t folded = tr_texts_folded(&pool, add(&pool, text));
    if (i == 2499) expect_text(&pool, folded, "strasse 2499 in m\u00FCnchen");
  }
  assert_int_equal(tr_texts_folded(&pool, add(&pool, "Stra\u00DFe")), find(&constants, "strasse"));
  assert_true(matches(&arena, "*leiter", "Vertriebsleiter S\u00FCd"));
  const char *out;
  size_t length;
  assert_true(tr_domain_of(&arena, "a@ACME.de", 9, &out, &length));
}

/* Lets the n-th request fail; says whether all went well. */
static bool survives(int64_t n) {
  tr_memory program_memory = {0}, memory = {0};
  jmp_buf boundary;
  volatile bool fine = false;
  program_memory.on_failure = memory.on_failure = &boundary;
  tr_memory_fail_after = n;
  if (setjmp(boundary) == 0) {
    use_texts(&program_memory, &memory);
    fine = true;
  }
  tr_memory_fail_after = -1;
  tr_memory_close(&memory);
  tr_memory_close(&program_memory);
  return fine;
}

static void test_texts_survive_every_refusal(void **state) {
  (void)state;
  int64_t n = 0;
  while (n < 1000 && !survives(n)) n++;
  assert_in_range(n, 20, 200); /* it did ask, many times, and got through in the end */
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_utf8_valid),
      cmocka_unit_test(test_pool_gives_one_number_to_one_text),
      cmocka_unit_test(test_pool_numbers_do_not_depend_on_the_secret),
      cmocka_unit_test(test_pool_stands_on_a_sealed_one),
      cmocka_unit_test(test_pool_holds_long_texts),
      cmocka_unit_test(test_pool_is_compact),
      WITH_ARENA(test_fold),
      WITH_ARENA(test_fold_hands_back_what_is_folded),
      WITH_ARENA(test_fold_over_all_of_unicode),
      WITH_ARENA(test_fold_of_letters_with_marks),
      WITH_ARENA(test_fold_of_a_long_run_of_marks),
      cmocka_unit_test(test_pool_folds),
      cmocka_unit_test(test_parts),
      WITH_ARENA(test_words),
      WITH_ARENA(test_words_in_a_set),
      WITH_ARENA(test_words_that_say_nothing),
      WITH_ARENA(test_words_in_long_texts),
      WITH_ARENA(test_domain_of),
      WITH_ARENA(test_domain_has_a_limit),
      cmocka_unit_test(test_texts_survive_every_refusal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
