/* test_event_cache.c - a kept event is a copy of all that it points to, the newest takes a slot,
 * and what is too large is not kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/event_cache.h"

#define TEXT(string) ((treaty_text){(string), sizeof(string) - 1})

static const treaty_field fields[] = {{.name = "words"}, {.name = "size"}, {.name = "note"}};
static const treaty_event_type type = {.name = "ask", .fields = fields, .field_count = 3};

static bool same(treaty_text text, const char *other) {
  return text.length == strlen(other) && memcmp(text.bytes, other, text.length) == 0;
}

/* Kept from memory that is gone afterwards. */
static const treaty_event *keep(event_cache *cache, uint64_t place, const char *note) {
  char actor[] = "jo", id[] = "id-7", word[] = "dos", *said = strdup(note);
  treaty_text words[] = {TEXT("uno"), {word, strlen(word)}, {"", 0}};
  treaty_value values[] = {{.present = true, .texts = words, .text_count = 3},
                           {.present = true, .integer = 42},
                           {.present = true, .text = {said, strlen(said)}}};
  treaty_event event = {.type = &type,
                        .source = TEXT("/test"),
                        .id = {id, strlen(id)},
                        .account = TEXT("acme"),
                        .actor = {actor, strlen(actor)},
                        .time_ms = 1000,
                        .content_hash = 99,
                        .values = values};
  const treaty_event *kept = event_cache_keep(cache, place, &event);
  bool is_copy = kept != &event;
  memset(id, 'x', sizeof id);
  memset(actor, 'x', sizeof actor);
  memset(word, 'x', sizeof word);
  memset(said, 'x', strlen(said));
  memset(words, 0, sizeof words);
  memset(values, 0, sizeof values);
  free(said);
  return is_copy ? kept : NULL;
}

static void test_copies_all(void **state) {
  (void)state;
  event_cache *cache = event_cache_new();
  assert_null(event_cache_find(cache, 0));
  const treaty_event *kept = keep(cache, 0, "hello");
  assert_non_null(kept);
  assert_ptr_equal(event_cache_find(cache, 0), kept);
  assert_null(event_cache_find(cache, 1));
  assert_true(kept->type == &type && kept->time_ms == 1000 && kept->content_hash == 99);
  assert_true(same(kept->source, "/test") && same(kept->id, "id-7") && same(kept->account, "acme"));
  assert_true(same(kept->actor, "jo"));
  assert_null(kept->person.bytes);
  assert_int_equal(kept->values[0].text_count, 3);
  assert_true(same(kept->values[0].texts[0], "uno") && same(kept->values[0].texts[1], "dos"));
  assert_non_null(kept->values[0].texts[2].bytes);
  assert_int_equal(kept->values[1].integer, 42);
  assert_null(kept->values[1].text.bytes);
  assert_true(same(kept->values[2].text, "hello"));
  event_cache_free(cache);
}

/* Feeds have longer and shorter lines by turns. */
static void test_newest_takes_the_slot(void **state) {
  (void)state;
  event_cache *cache = event_cache_new();
  uint32_t found = 0;
  for (uint64_t i = 0; i < 3 * EVENT_CACHE_EVENTS; i++) {
    assert_non_null(keep(cache, i * 300, i % 2 ? "a longer note than others have" : "short"));
    assert_non_null(event_cache_find(cache, i * 300));
  }
  for (uint64_t i = 0; i < 3 * EVENT_CACHE_EVENTS; i++) {
    const treaty_event *kept = event_cache_find(cache, i * 300);
    if (!kept) continue;
    found++;
    assert_true(same(kept->values[2].text, i % 2 ? "a longer note than others have" : "short"));
  }
  assert_true(found > EVENT_CACHE_EVENTS / 2 && found <= EVENT_CACHE_EVENTS);
  event_cache_free(cache);
}

static void test_too_large_is_not_kept(void **state) {
  (void)state;
  event_cache *cache = event_cache_new();
  char note[EVENT_CACHE_EVENT_BYTES + 1];
  memset(note, 'n', sizeof note);
  note[sizeof note - 1] = '\0';
  assert_null(keep(cache, 5, note));
  assert_null(event_cache_find(cache, 5));
  note[EVENT_CACHE_EVENT_BYTES / 2] = '\0';
  assert_non_null(keep(cache, 5, note));
  event_cache_free(cache);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_copies_all),
      cmocka_unit_test(test_newest_takes_the_slot),
      cmocka_unit_test(test_too_large_is_not_kept),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
