/* event_decode.cc - event lines through simdjson's DOM, behind a C header.
 *
 * A line goes through three hands:
 *
 *     parse_line       simdjson validates all of it and writes its tape; its errors become refusals
 *     read_envelope    one walk over the members of the line's object: the attributes, and data
 *     read_payload     one walk over the members of data: each value by the kind of its field
 *
 * The tape keeps doubles, not the digits they came from. Those are found again through the index
 * that the parser's first pass has left behind, one entry for each token of the line:
 *
 *     line     { "data" : { "amount" : 20000.0 } }
 *     token    0 1      2 3 4        5 6       7 8        starts[6] is where 20000.0 begins
 *
 * so both walks carry the token they stand at. No exception is thrown or caught here. */
#include "runtime/event_decode.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <new>
#include <string_view>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "runtime/number_text.h"

extern "C" {
#include "engine/map.h"
#include "grammar/civil.h"
}

namespace dom = simdjson::dom;

static_assert(EVENT_DECODE_SPARE_BYTES >= simdjson::SIMDJSON_PADDING, "the parser reads so far");

/* Durations lie within the span of all instants. */
static constexpr int64_t DURATION_MAX_MS = TR_TIME_MAX_MS - TR_TIME_MIN_MS;

/* The content hash must be the same in every run, so its key is fixed: the first digits of pi. */

struct event_decoder {
  dom::parser parser;
  size_t line_bytes_max = 0;
  treaty_value *values = nullptr; /* one for each field of the type at hand */
  bool *seen = nullptr;           /* beside each value: its key stood in the line */
  uint32_t value_room = 0;
  treaty_text *texts = nullptr; /* of all lists of texts of the line, with room for any line's */
  size_t text_count = 0;
  const char *line = nullptr; /* the line at hand, */
  size_t length = 0;
  treaty_refusal *refusal = nullptr; /* and where to say what is wrong with it */
};

/* ---- Saying what is wrong -------------------------------------------------------------------- */

/* How much of the bytes are whole characters, of UTF-8 that was cut off somewhere. */
static size_t whole_characters(const char *bytes, size_t length) {
  size_t start = length;
  while (start > 0 && length - start < 4) {
    unsigned char lead = (unsigned char)bytes[--start];
    if ((lead & 0xc0) == 0x80) continue;
    size_t needed = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return start + needed <= length ? length : start;
  }
  return start;
}

/* Always false, so that a caller can return it. */
__attribute__((format(printf, 3, 4))) static bool refuse(treaty_refusal *refusal,
                                                         treaty_refusal_code code,
                                                         const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(refusal->reason, sizeof refusal->reason, format, arguments);
  va_end(arguments);
  if (length >= (int)sizeof refusal->reason)
    refusal->reason[whole_characters(refusal->reason, sizeof refusal->reason - 1)] = '\0';
  refusal->code = code;
  return false;
}

/* A text from the line, fit to be shown: not too long, and no control characters. */
struct shown_text {
  char bytes[64];
};

static shown_text show(std::string_view text) {
  static constexpr size_t SHOWN_MAX = 40;
  shown_text shown;
  bool cut = text.size() > SHOWN_MAX;
  size_t length = cut ? whole_characters(text.data(), SHOWN_MAX) : text.size();
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    shown.bytes[i] = byte < 0x20 || byte == 0x7f ? ' ' : text[i];
  }
  memcpy(shown.bytes + length, cut ? "…" : "", cut ? sizeof "…" : 1);
  return shown;
}

/* ---- Walking over the tape and the tokens ---------------------------------------------------- */

/* Where no token is known: inside arrays. */
static constexpr uint32_t NO_TOKEN = UINT32_MAX;

struct spot {
  dom::element value;
  uint32_t token;
};

struct member_walk {
  dom::object::iterator at, end;
  uint32_t token; /* of the value of the member at hand; at first, of the object's bracket */
  bool started;
};

static member_walk walk_members(dom::object object, uint32_t token) {
  return member_walk{object.begin(), object.end(), token, false};
}

/* simdjson calls these two public, though only for benchmarks; stage 2 of the parse relies on them.
 * */
static const uint32_t *token_starts(const event_decoder *decoder) {
  return decoder->parser.implementation->structural_indexes.get();
}

static uint32_t token_count(const event_decoder *decoder) {
  return decoder->parser.implementation->n_structural_indexes;
}

/* The token behind the value that starts at `token`. */
static uint32_t token_behind(const event_decoder *decoder, uint32_t token) {
  const uint32_t *starts = token_starts(decoder);
  uint32_t depth = 0;
  do {
    assert(token < token_count(decoder));
    char first = decoder->line[starts[token++]];
    if (first == '{' || first == '[') depth++;
    if (first == '}' || first == ']') depth--;
  } while (depth > 0);
  return token;
}

/* Steps to the first, then the next member; false behind the last. What stands between two values
 * is a comma, a key and a colon. */
static bool next_member(const event_decoder *decoder, member_walk *walk) {
  if (walk->started) ++walk->at;
  if (!(walk->at != walk->end)) return false;
  walk->token = (walk->started ? token_behind(decoder, walk->token) : walk->token) + 3;
  walk->started = true;
  return true;
}

/* The first value follows a bracket, a key and a colon, so three tokens lead to each value. */
static spot value_of(const member_walk &walk) { return spot{walk.at.value(), walk.token}; }

/* The digits of a number as the line has them. */
static std::string_view number_token(const event_decoder *decoder, uint32_t token) {
  assert(token < token_count(decoder));
  size_t start = token_starts(decoder)[token], end = start;
  while (end < decoder->length && decoder->line[end] != '\0' &&
         strchr("+-.0123456789Ee", decoder->line[end]))
    end++;
  assert(end > start);
  return std::string_view(decoder->line + start, end - start);
}

/* The tape's own type: is_double() says yes to whole numbers, too. */
static bool is_double(dom::element value) { return value.type() == dom::element_type::DOUBLE; }

static bool is_number(dom::element value) {
  return value.is_int64() || value.is_uint64() || is_double(value);
}

/* `the text "a lot"`, `the number 12.5`, `a list`: the subject of a reason. */
struct description {
  char bytes[96];
};

static description describe(const event_decoder *decoder, spot at) {
  description said;
  const char *words = at.value.is_object()  ? "an object"
                      : at.value.is_array() ? "a list"
                      : at.value.is_null()  ? "null"
                      : at.value.is_bool() ? (at.value.get_bool().value_unsafe() ? "true" : "false")
                                           : "a number";
  if (at.value.is_string())
    snprintf(said.bytes, sizeof said.bytes, "the text \"%s\"",
             show(at.value.get_string().value_unsafe()).bytes);
  else if (is_number(at.value) && at.token != NO_TOKEN)
    snprintf(said.bytes, sizeof said.bytes, "the number %s",
             show(number_token(decoder, at.token)).bytes);
  else
    snprintf(said.bytes, sizeof said.bytes, "%s", words);
  return said;
}

static bool same_text(const char *name, std::string_view text) {
  size_t i = 0;
  while (i < text.size() && name[i] != '\0' && name[i] == text[i]) i++;
  return i == text.size() && name[i] == '\0';
}

static treaty_text text_of(std::string_view text) { return treaty_text{text.data(), text.size()}; }

static bool said_twice(event_decoder *decoder, std::string_view key) {
  return refuse(decoder->refusal, TREATY_NOT_JSON, "the key '%s' stands twice", show(key).bytes);
}

/* ---- Payload values -------------------------------------------------------------------------- */

static bool wrong_type(event_decoder *decoder, const treaty_field *field, spot at,
                       const char *wanted) {
  return refuse(decoder->refusal, TREATY_WRONG_TYPE, "%s is %s, not %s", field->key,
                describe(decoder, at).bytes, wanted);
}

static bool number_range(event_decoder *decoder, const treaty_field *field, number_fit fit,
                         int64_t decimals) {
  if (fit == NUMBER_TOO_LARGE)
    return refuse(decoder->refusal, TREATY_NUMBER_RANGE,
                  "%s is beyond 9.2e12, the largest number kept", field->key);
  const char *plural = decimals == 1 ? "" : "s";
  if (field->kind == TREATY_MONEY)
    return refuse(decoder->refusal, TREATY_NUMBER_RANGE, "%s has %lld decimal%s; %s has %u",
                  field->key, (long long)decimals, plural, field->currency, field->currency_digits);
  return refuse(decoder->refusal, TREATY_NUMBER_RANGE, "%s has %lld decimal%s; 6 at most",
                field->key, (long long)decimals, plural);
}

/* A JSON number, times 10^digits. Whole ones are exact on the tape, doubles are read from the line.
 * */
static bool take_number(event_decoder *decoder, const treaty_field *field, spot at, uint32_t digits,
                        int64_t *scaled) {
  if (is_double(at.value)) {
    std::string_view token = number_token(decoder, at.token);
    int64_t decimals = 0;
    number_fit fit = number_text_scaled(token.data(), token.size(), digits, scaled, &decimals);
    assert(fit != NUMBER_MALFORMED);
    return fit == NUMBER_FITS || number_range(decoder, field, fit, decimals);
  }
  int64_t whole = 0;
  if (at.value.get_int64().get(whole) || whole > NUMBER_TEXT_MAX || whole < -NUMBER_TEXT_MAX)
    return number_range(decoder, field, NUMBER_TOO_LARGE, 0);
  for (uint32_t i = 0; i < digits; i++) whole *= 10;
  *scaled = whole;
  return true;
}

static bool take_whole(event_decoder *decoder, const treaty_field *field, spot at,
                       treaty_value *value) {
  if (!is_number(at.value)) return wrong_type(decoder, field, at, "a whole number");
  if (!take_number(decoder, field, at, 6, &value->integer)) return false;
  return value->integer % 1000000 == 0 || wrong_type(decoder, field, at, "a whole number");
}

static bool take_text(event_decoder *decoder, const treaty_field *field, spot at,
                      treaty_value *value) {
  std::string_view text;
  if (at.value.get_string().get(text)) return wrong_type(decoder, field, at, "a text");
  value->text = text_of(text);
  return true;
}

static bool take_flag(event_decoder *decoder, const treaty_field *field, spot at,
                      treaty_value *value) {
  bool flag = false;
  if (at.value.get_bool().get(flag)) return wrong_type(decoder, field, at, "true or false");
  value->integer = flag;
  return true;
}

static bool take_date(event_decoder *decoder, const treaty_field *field, spot at,
                      treaty_value *value) {
  std::string_view text;
  return (!at.value.get_string().get(text) &&
          tr_parse_date(text.data(), text.size(), &value->integer)) ||
         wrong_type(decoder, field, at, "a date like \"2026-11-06\"");
}

static bool take_time(event_decoder *decoder, const treaty_field *field, spot at,
                      treaty_value *value) {
  std::string_view text;
  return (!at.value.get_string().get(text) &&
          tr_parse_instant(text.data(), text.size(), &value->integer)) ||
         wrong_type(decoder, field, at, "an instant like \"2026-11-06T14:00:00Z\"");
}

/* Cuts "80000 EUR" or "90 minutes" into a number and a word; false when it is no such thing. */
static bool cut_number_word(std::string_view text, std::string_view *number,
                            std::string_view *word) {
  size_t space = text.find(' ');
  if (space == std::string_view::npos) return false;
  size_t behind = text.find_first_not_of(' ', space);
  if (behind == std::string_view::npos) return false;
  *number = text.substr(0, space);
  *word = text.substr(behind);
  return true;
}

static int64_t unit_ms(std::string_view word) {
  static constexpr struct {
    const char *one, *several;
    int64_t ms;
  } UNITS[] = {
      {"second", "seconds", TR_SECOND_MS}, {"minute", "minutes", TR_MINUTE_MS},
      {"hour", "hours", TR_HOUR_MS},       {"day", "days", TR_DAY_MS},
      {"week", "weeks", 7 * TR_DAY_MS},
  };
  for (const auto &unit : UNITS)
    if (same_text(unit.one, word) || same_text(unit.several, word)) return unit.ms;
  return 0;
}

static bool take_duration(event_decoder *decoder, const treaty_field *field, spot at,
                          treaty_value *value) {
  static const char wanted[] = "a duration like \"90 minutes\" or \"2 days\"";
  std::string_view text, number, word;
  if (at.value.get_string().get(text) || !cut_number_word(text, &number, &word))
    return wrong_type(decoder, field, at, wanted);
  int64_t unit = unit_ms(word), millionths = 0, decimals = 0;
  number_fit fit = number_text_scaled(number.data(), number.size(), 6, &millionths, &decimals);
  if (unit == 0 || fit == NUMBER_MALFORMED || (fit == NUMBER_FITS && millionths < 0))
    return wrong_type(decoder, field, at, wanted);
  if (fit == NUMBER_TOO_FINE) return number_range(decoder, field, fit, decimals);

  __int128 product = (__int128)millionths * unit; /* millionths of a millisecond */
  if (fit == NUMBER_TOO_LARGE || product > (__int128)DURATION_MAX_MS * 1000000)
    return refuse(decoder->refusal, TREATY_NUMBER_RANGE, "%s is longer than 9,998 years",
                  field->key);
  if (product % 1000000 != 0)
    return refuse(decoder->refusal, TREATY_NUMBER_RANGE, "%s is no whole number of milliseconds",
                  field->key);
  value->integer = (int64_t)(product / 1000000);
  return true;
}

static bool money_mismatch(event_decoder *decoder, const treaty_field *field, spot at) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "an amount like 80000 or \"80000 %s\"", field->currency);
  return wrong_type(decoder, field, at, wanted);
}

static bool is_currency_code(std::string_view word) {
  if (word.size() != 3) return false;
  for (char letter : word)
    if (letter < 'A' || letter > 'Z') return false;
  return true;
}

static bool check_currency(event_decoder *decoder, const treaty_field *field,
                           std::string_view word) {
  if (same_text(field->currency, word)) return true;
  return refuse(decoder->refusal, TREATY_WRONG_CURRENCY, "%s is in %.3s, not in %s", field->key,
                word.data(), field->currency);
}

/* "80000 EUR" */
static bool take_money_text(event_decoder *decoder, const treaty_field *field, spot at,
                            treaty_value *value) {
  std::string_view number, word;
  if (!cut_number_word(at.value.get_string().value_unsafe(), &number, &word) ||
      !is_currency_code(word))
    return money_mismatch(decoder, field, at);
  int64_t decimals = 0;
  number_fit fit = number_text_scaled(number.data(), number.size(), field->currency_digits,
                                      &value->integer, &decimals);
  if (fit == NUMBER_MALFORMED) return money_mismatch(decoder, field, at);
  if (!check_currency(decoder, field, word)) return false;
  return fit == NUMBER_FITS || number_range(decoder, field, fit, decimals);
}

/* {"amount":80000,"currency":"EUR"} */
static bool take_money_object(event_decoder *decoder, const treaty_field *field, spot at,
                              treaty_value *value) {
  spot amount = {};
  std::string_view currency;
  bool has_amount = false, has_currency = false;
  member_walk walk = walk_members(at.value.get_object().value_unsafe(), at.token);
  while (next_member(decoder, &walk)) {
    std::string_view key = walk.at.key();
    bool is_amount = same_text("amount", key), is_currency = same_text("currency", key);
    if ((is_amount && has_amount) || (is_currency && has_currency)) return said_twice(decoder, key);
    has_amount |= is_amount, has_currency |= is_currency;
    if (is_amount) amount = value_of(walk);
    if (is_currency && walk.at.value().get_string().get(currency))
      return money_mismatch(decoder, field, at);
  }
  if (!has_amount || !is_number(amount.value) || !is_currency_code(currency))
    return refuse(decoder->refusal, TREATY_WRONG_TYPE,
                  "%s is an object without a number 'amount' and a 'currency' like \"%s\"",
                  field->key, field->currency);
  return check_currency(decoder, field, currency) &&
         take_number(decoder, field, amount, field->currency_digits, &value->integer);
}

static bool take_money(event_decoder *decoder, const treaty_field *field, spot at,
                       treaty_value *value) {
  assert(field->currency && field->currency_digits <= 4);
  if (at.value.is_string()) return take_money_text(decoder, field, at, value);
  if (at.value.is_object()) return take_money_object(decoder, field, at, value);
  if (!is_number(at.value)) return money_mismatch(decoder, field, at);
  return take_number(decoder, field, at, field->currency_digits, &value->integer);
}

/* Letters A to Z count as a to z, and no others: what a name is must not depend on a locale. */
static bool same_letters(const char *name, std::string_view text) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; };
  size_t i = 0;
  while (i < text.size() && name[i] != '\0' && lower(name[i]) == lower(text[i])) i++;
  return i == text.size() && name[i] == '\0';
}

/* The index of a value's name, as it is or else in other letter case; value_count: none. */
static uint32_t find_name(const treaty_field *field, std::string_view name) {
  for (uint32_t i = 0; i < field->value_count; i++)
    if (same_text(field->values[i], name)) return i;
  for (uint32_t i = 0; i < field->value_count; i++)
    if (same_letters(field->values[i], name)) return i;
  return field->value_count;
}

/* Finds the name that stands at a place; the reason for none lists the names there are, six at
 * most. */
static bool take_name(event_decoder *decoder, const treaty_field *field, spot at, uint32_t *index) {
  static constexpr uint32_t LISTED_MAX = 6;
  std::string_view name;
  *index = at.value.get_string().get(name) ? field->value_count : find_name(field, name);
  if (*index < field->value_count) return true;

  char names[160] = "";
  size_t used = 0;
  for (uint32_t i = 0; i < field->value_count && i < LISTED_MAX && used < sizeof names; i++)
    used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                             field->values[i]);
  if (used >= sizeof names) names[whole_characters(names, sizeof names - 1)] = '\0';
  const char *more = field->value_count > LISTED_MAX || used >= sizeof names ? ", …" : "";
  return refuse(decoder->refusal, TREATY_WRONG_TYPE, "%s%s is %s, not one of %s%s",
                field->kind == TREATY_SET ? "an item of " : "", field->key,
                describe(decoder, at).bytes, names, more);
}

static bool take_choice(event_decoder *decoder, const treaty_field *field, spot at,
                        treaty_value *value) {
  uint32_t index = 0;
  if (!take_name(decoder, field, at, &index)) return false;
  value->integer = index;
  return true;
}

/* ["buyer","user"], or one name alone. */
static bool take_set(event_decoder *decoder, const treaty_field *field, spot at,
                     treaty_value *value) {
  assert(field->value_count <= 64);
  uint64_t bits = 0;
  uint32_t index = 0;
  dom::array items;
  if (at.value.get_array().get(items)) {
    if (!at.value.is_string()) return wrong_type(decoder, field, at, "a list of names");
    if (!take_name(decoder, field, at, &index)) return false;
    bits = UINT64_C(1) << index;
  } else {
    for (dom::element item : items) {
      if (!take_name(decoder, field, spot{item, NO_TOKEN}, &index)) return false;
      bits |= UINT64_C(1) << index;
    }
  }
  value->integer = (int64_t)bits;
  return true;
}

/* ["a","b"], or one text alone. */
static bool take_texts(event_decoder *decoder, const treaty_field *field, spot at,
                       treaty_value *value) {
  std::string_view text;
  dom::array items;
  value->texts = decoder->texts + decoder->text_count;
  if (!at.value.get_string().get(text)) {
    decoder->texts[decoder->text_count++] = text_of(text);
    value->text_count = 1;
    return true;
  }
  if (at.value.get_array().get(items)) return wrong_type(decoder, field, at, "a list of texts");
  for (dom::element item : items) {
    if (item.get_string().get(text))
      return refuse(decoder->refusal, TREATY_WRONG_TYPE, "an item of %s is %s, not a text",
                    field->key, describe(decoder, spot{item, NO_TOKEN}).bytes);
    decoder->texts[decoder->text_count++] = text_of(text);
    value->text_count++;
  }
  return true;
}

static bool take_value(event_decoder *decoder, const treaty_field *field, spot at,
                       treaty_value *value) {
  switch (field->kind) {
    case TREATY_TEXT:
    case TREATY_REP: return take_text(decoder, field, at, value);
    case TREATY_NUMBER:
      if (!is_number(at.value)) return wrong_type(decoder, field, at, "a number");
      return take_number(decoder, field, at, 6, &value->integer);
    case TREATY_WHOLE: return take_whole(decoder, field, at, value);
    case TREATY_FLAG: return take_flag(decoder, field, at, value);
    case TREATY_DATE: return take_date(decoder, field, at, value);
    case TREATY_TIME: return take_time(decoder, field, at, value);
    case TREATY_DURATION: return take_duration(decoder, field, at, value);
    case TREATY_MONEY: return take_money(decoder, field, at, value);
    case TREATY_ONE_OF:
    case TREATY_SCALE: return take_choice(decoder, field, at, value);
    case TREATY_SET: return take_set(decoder, field, at, value);
    case TREATY_TEXTS: return take_texts(decoder, field, at, value);
  }
  assert(!"a kind that treaty.h does not have");
  return false;
}

/* ---- The payload ----------------------------------------------------------------------------- */

/* The field with that key, tried first where the order of the type has it; field_count: none. */
static uint32_t find_field(const treaty_event_type *type, std::string_view key, uint32_t expected) {
  if (expected < type->field_count && same_text(type->fields[expected].key, key)) return expected;
  for (uint32_t i = 0; i < type->field_count; i++)
    if (same_text(type->fields[i].key, key)) return i;
  return type->field_count;
}

static bool make_room(event_decoder *decoder, uint32_t field_count) {
  if (field_count <= decoder->value_room) return true;
  free(decoder->values);
  free(decoder->seen);
  decoder->values = static_cast<treaty_value *>(calloc(field_count, sizeof(treaty_value)));
  decoder->seen = static_cast<bool *>(calloc(field_count, sizeof(bool)));
  bool made = decoder->values && decoder->seen;
  decoder->value_room = made ? field_count : 0;
  return made;
}

static void clear_values(event_decoder *decoder, uint32_t field_count) {
  if (field_count == 0) return;
  memset(decoder->values, 0, field_count * sizeof(treaty_value));
  memset(decoder->seen, 0, field_count * sizeof(bool));
}

static bool read_payload(event_decoder *decoder, const treaty_event_type *type, spot data) {
  dom::object object;
  if (data.value.get_object().get(object))
    return refuse(decoder->refusal, TREATY_WRONG_TYPE, "data is %s, not an object",
                  describe(decoder, data).bytes);
  uint32_t expected = 0;
  member_walk walk = walk_members(object, data.token);
  while (next_member(decoder, &walk)) {
    std::string_view key = walk.at.key();
    uint32_t index = find_field(type, key, expected);
    if (index == type->field_count) continue;
    if (decoder->seen[index]) return said_twice(decoder, key);
    decoder->seen[index] = true;
    expected = index + 1;
    if (walk.at.value().is_null()) continue;
    treaty_value *value = &decoder->values[index];
    if (!take_value(decoder, &type->fields[index], value_of(walk), value)) return false;
    value->present = type->fields[index].used;
  }
  return true;
}

/* ---- The envelope ---------------------------------------------------------------------------- */

/* The attributes that Treaty reads, in the order in which most senders write them. */
#define ATTRIBUTES(X)           \
  X(SPECVERSION, "specversion") \
  X(ID, "id")                   \
  X(SOURCE, "source")           \
  X(TYPE, "type")               \
  X(TIME, "time")               \
  X(ACCOUNT, "account")         \
  X(PERSON, "person")           \
  X(LEAD, "lead")               \
  X(ACTOR, "actor")             \
  X(DATA, "data")

enum attribute {
#define ATTRIBUTE_ENUM(name, word) name,
  ATTRIBUTES(ATTRIBUTE_ENUM)
#undef ATTRIBUTE_ENUM
      ATTRIBUTE_COUNT
};

static const char *const ATTRIBUTE_WORDS[] = {
#define ATTRIBUTE_WORD(name, word) word,
    ATTRIBUTES(ATTRIBUTE_WORD)
#undef ATTRIBUTE_WORD
};

struct envelope {
  spot at[ATTRIBUTE_COUNT];
  bool seen[ATTRIBUTE_COUNT];
  bool set[ATTRIBUTE_COUNT]; /* seen, and not null */
};

static uint32_t find_attribute(std::string_view key, uint32_t expected) {
  if (expected < ATTRIBUTE_COUNT && same_text(ATTRIBUTE_WORDS[expected], key)) return expected;
  for (uint32_t i = 0; i < ATTRIBUTE_COUNT; i++)
    if (same_text(ATTRIBUTE_WORDS[i], key)) return i;
  return ATTRIBUTE_COUNT;
}

static bool read_envelope(event_decoder *decoder, dom::object object, envelope *envelope) {
  uint32_t expected = 0;
  memset(envelope->seen, 0, sizeof envelope->seen);
  memset(envelope->set, 0, sizeof envelope->set);
  member_walk walk = walk_members(object, 0);
  while (next_member(decoder, &walk)) {
    std::string_view key = walk.at.key();
    uint32_t index = find_attribute(key, expected);
    if (index == ATTRIBUTE_COUNT) continue;
    if (envelope->seen[index]) return said_twice(decoder, key);
    envelope->seen[index] = true;
    envelope->set[index] = !walk.at.value().is_null();
    envelope->at[index] = value_of(walk);
    expected = index + 1;
  }
  return true;
}

/* A text that must be there and not be empty. */
static bool required_text(event_decoder *decoder, const envelope &envelope, attribute which,
                          treaty_text *text) {
  std::string_view bytes;
  const char *word = ATTRIBUTE_WORDS[which];
  if (!envelope.set[which])
    return refuse(decoder->refusal, TREATY_NOT_CLOUDEVENT, "the attribute '%s' is missing", word);
  if (envelope.at[which].value.get_string().get(bytes))
    return refuse(decoder->refusal, TREATY_NOT_CLOUDEVENT, "the attribute '%s' is %s, not a text",
                  word, describe(decoder, envelope.at[which]).bytes);
  if (bytes.empty())
    return refuse(decoder->refusal, TREATY_NOT_CLOUDEVENT, "the attribute '%s' is empty", word);
  *text = text_of(bytes);
  return true;
}

/* A text, or a whole number, which counts as its digits; an empty text counts as unset. */
static bool optional_text(event_decoder *decoder, const envelope &envelope, attribute which,
                          treaty_text *text) {
  std::string_view bytes;
  if (!envelope.set[which]) return true;
  spot at = envelope.at[which];
  if (at.value.is_int64() || at.value.is_uint64()) {
    bytes = number_token(decoder, at.token);
    if (bytes == "-0") bytes.remove_prefix(1);
  } else if (at.value.get_string().get(bytes)) {
    return refuse(decoder->refusal, TREATY_NOT_CLOUDEVENT, "the attribute '%s' is %s, not a text",
                  ATTRIBUTE_WORDS[which], describe(decoder, at).bytes);
  }
  if (!bytes.empty()) *text = text_of(bytes);
  return true;
}

static bool check_id_length(event_decoder *decoder, attribute which, treaty_text text) {
  if (text.length <= EVENT_DECODE_ID_BYTES_MAX) return true;
  return refuse(decoder->refusal, TREATY_ID_TOO_LONG,
                "the attribute '%s' has %zu bytes; %d at most", ATTRIBUTE_WORDS[which], text.length,
                EVENT_DECODE_ID_BYTES_MAX);
}

/* Source and id go into the event as soon as they are known: a refusal is told with them. */
static bool take_identity(event_decoder *decoder, const envelope &envelope, treaty_event *event) {
  treaty_text id = {}, source = {};
  bool has_id = required_text(decoder, envelope, ID, &id) && check_id_length(decoder, ID, id);
  if (has_id) event->id = id;
  if (!has_id || !required_text(decoder, envelope, SOURCE, &source) ||
      !check_id_length(decoder, SOURCE, source))
    return false;
  event->source = source;
  return true;
}

static bool take_specversion(event_decoder *decoder, const envelope &envelope) {
  treaty_text version = {};
  if (!required_text(decoder, envelope, SPECVERSION, &version)) return false;
  if (version.length == 3 && memcmp(version.bytes, "1.0", 3) == 0) return true;
  return refuse(decoder->refusal, TREATY_NOT_CLOUDEVENT,
                "the attribute 'specversion' is \"%s\", not \"1.0\"",
                show(std::string_view(version.bytes, version.length)).bytes);
}

/* Whether another day and time in its place would make it an instant. */
static bool has_form_of_instant(treaty_text text) {
  static const char other[] = "2000-01-01T00:00:00";
  char copy[64];
  if (text.length < sizeof other || text.length > sizeof copy) return false;
  for (size_t i = 0; i < sizeof other - 1; i++) {
    bool is_digit = text.bytes[i] >= '0' && text.bytes[i] <= '9';
    if (is_digit != (other[i] >= '0' && other[i] <= '9')) return false;
  }
  memcpy(copy, text.bytes, text.length);
  memcpy(copy, other, sizeof other - 1);
  int64_t ms;
  return tr_parse_instant(copy, text.length, &ms);
}

static bool take_event_time(event_decoder *decoder, const envelope &envelope, treaty_event *event) {
  treaty_text time = {};
  if (!required_text(decoder, envelope, TIME, &time)) return false;
  if (tr_parse_instant(time.bytes, time.length, &event->time_ms)) return true;
  if (has_form_of_instant(time))
    return refuse(decoder->refusal, TREATY_BAD_TIME, "time is \"%s\": there is no such day or time",
                  show(std::string_view(time.bytes, time.length)).bytes);
  return refuse(decoder->refusal, TREATY_BAD_TIME,
                "time is the text \"%s\", not an instant like \"2026-11-06T14:00:00Z\"",
                show(std::string_view(time.bytes, time.length)).bytes);
}

static bool take_type(event_decoder *decoder, const treaty_program *program,
                      const envelope &envelope, treaty_event *event) {
  treaty_text name = {};
  if (!required_text(decoder, envelope, TYPE, &name)) return false;
  event->type = treaty_program_event_type(program, name.bytes, name.length);
  if (event->type) return true;
  return refuse(decoder->refusal, TREATY_UNKNOWN_EVENT, "the treaty declares no event '%s'",
                show(std::string_view(name.bytes, name.length)).bytes);
}

static bool take_parties(event_decoder *decoder, const envelope &envelope, treaty_event *event) {
  return optional_text(decoder, envelope, ACCOUNT, &event->account) &&
         check_id_length(decoder, ACCOUNT, event->account) &&
         optional_text(decoder, envelope, PERSON, &event->person) &&
         check_id_length(decoder, PERSON, event->person) &&
         optional_text(decoder, envelope, LEAD, &event->lead) &&
         check_id_length(decoder, LEAD, event->lead) &&
         optional_text(decoder, envelope, ACTOR, &event->actor) &&
         check_id_length(decoder, ACTOR, event->actor);
}

/* ---- The line -------------------------------------------------------------------------------- */

/* The parser refuses malformed numbers and those that no double holds with one word. Tells them
 * apart, by the first that is malformed. */
static bool refuse_number(event_decoder *decoder) {
  static const char token_ends[] = " \t\r\n,:{}[]\"";
  const uint32_t *starts = token_starts(decoder);
  for (uint32_t i = 0; i < token_count(decoder); i++) {
    char first = decoder->line[starts[i]];
    if (first != '-' && (first < '0' || first > '9')) continue;
    size_t end = starts[i];
    while (end < decoder->length && !memchr(token_ends, decoder->line[end], sizeof token_ends - 1))
      end++;
    int64_t scaled, decimals;
    std::string_view token(decoder->line + starts[i], end - starts[i]);
    if (number_text_scaled(token.data(), token.size(), 6, &scaled, &decimals) == NUMBER_MALFORMED)
      return refuse(decoder->refusal, TREATY_NOT_JSON, "'%s' is not a number as JSON writes it",
                    show(token).bytes);
  }
  return refuse(decoder->refusal, TREATY_NUMBER_RANGE, "a number is too large to be read");
}

static bool refuse_depth(event_decoder *decoder) {
  return refuse(decoder->refusal, TREATY_TOO_DEEP, "the line nests deeper than %d",
                EVENT_DECODE_NESTING_MAX);
}

/* The parser takes a value for a level and an empty list for none, so of the level behind the last
 * it lets empty ones through. Few lines have the tokens for it: a bracket each way a level. */
static bool ends_too_deep(const event_decoder *decoder) {
  const uint32_t *starts = token_starts(decoder);
  uint32_t depth = 0, count = token_count(decoder);
  if (count < 2 * (EVENT_DECODE_NESTING_MAX + 1)) return false;
  for (uint32_t i = 0; i < count && depth <= EVENT_DECODE_NESTING_MAX; i++) {
    char first = decoder->line[starts[i]];
    depth += first == '{' || first == '[';
    depth -= first == '}' || first == ']';
  }
  return depth > EVENT_DECODE_NESTING_MAX;
}

static bool refuse_line(event_decoder *decoder, simdjson::error_code error) {
  treaty_refusal *refusal = decoder->refusal;
  switch (error) {
    case simdjson::UTF8_ERROR:
      return refuse(refusal, TREATY_BAD_UTF8, "the line is not well-formed UTF-8");
    case simdjson::DEPTH_ERROR: return refuse_depth(decoder);
    case simdjson::NUMBER_ERROR: return refuse_number(decoder);
    case simdjson::EMPTY: return refuse(refusal, TREATY_NOT_JSON, "the line is blank");
    case simdjson::STRING_ERROR:
      return refuse(refusal, TREATY_NOT_JSON, "a text has an escape that JSON does not know");
    case simdjson::UNESCAPED_CHARS:
      return refuse(refusal, TREATY_NOT_JSON, "a text has a control character in it");
    case simdjson::UNCLOSED_STRING:
      return refuse(refusal, TREATY_NOT_JSON, "a text is not closed before the line ends");
    default: return refuse(refusal, TREATY_NOT_JSON, "the line is no JSON object");
  }
}

static bool parse_line(event_decoder *decoder, dom::object *object) {
  if (decoder->length > decoder->line_bytes_max) {
    event_decode_too_long(decoder->length, decoder->line_bytes_max, decoder->refusal);
    return false;
  }
  dom::element root;
  simdjson::error_code error =
      decoder->parser.parse(decoder->line, decoder->length, false).get(root);
  if (error) return refuse_line(decoder, error);
  if (ends_too_deep(decoder)) return refuse_depth(decoder);
  if (!root.get_object().get(*object)) return true;
  return refuse(decoder->refusal, TREATY_NOT_JSON, "the line is %s, not an object",
                describe(decoder, spot{root, 0}).bytes);
}

static bool decode(event_decoder *decoder, const treaty_program *program, treaty_event *event) {
  dom::object object;
  envelope envelope;
  if (!parse_line(decoder, &object) || !read_envelope(decoder, object, &envelope)) return false;
  if (!take_identity(decoder, envelope, event) || !take_specversion(decoder, envelope) ||
      !take_event_time(decoder, envelope, event) || !take_parties(decoder, envelope, event) ||
      !take_type(decoder, program, envelope, event))
    return false;
  /* The values' memory is the one thing that can run out here; a line cannot be decoded without. */
  if (!make_room(decoder, event->type->field_count)) abort();
  clear_values(decoder, event->type->field_count);
  event->values = decoder->values;
  if (envelope.set[DATA] && !read_payload(decoder, event->type, envelope.at[DATA])) return false;
  event->content_hash = tr_hash_content(decoder->line, decoder->length);
  return true;
}

bool event_decode(event_decoder *decoder, const treaty_program *program, const char *line,
                  size_t length, treaty_event *event, treaty_refusal *refusal) {
  decoder->line = line;
  decoder->length = length;
  decoder->refusal = refusal;
  decoder->text_count = 0;
  refusal->code = TREATY_NOT_REFUSED;
  refusal->reason[0] = '\0';
  *event = treaty_event{};
  bool decoded = decode(decoder, program, event);
  assert(decoded == (refusal->code == TREATY_NOT_REFUSED));
  return decoded;
}

void event_decode_too_long(size_t length, size_t line_bytes_max, treaty_refusal *refusal) {
  refuse(refusal, TREATY_TOO_LONG, "the line has %zu bytes; %zu at most", length, line_bytes_max);
}

event_decoder *event_decoder_new(size_t line_bytes_max) {
  event_decoder *decoder = new (std::nothrow) event_decoder;
  if (!decoder) return nullptr;
  decoder->line_bytes_max = line_bytes_max;
  /* Below 32 the parser would ask for more itself. The shortest text in a list takes three bytes:
   * "", */
  size_t capacity = line_bytes_max < 32 ? 32 : line_bytes_max;
  decoder->texts = static_cast<treaty_text *>(malloc((capacity / 3 + 1) * sizeof(treaty_text)));
  if (!decoder->texts || decoder->parser.allocate(capacity, EVENT_DECODE_NESTING_MAX + 1) ||
      decoder->parser.doc.allocate(capacity)) {
    event_decoder_free(decoder);
    return nullptr;
  }
  return decoder;
}

void event_decoder_free(event_decoder *decoder) {
  if (!decoder) return;
  free(decoder->values);
  free(decoder->seen);
  free(decoder->texts);
  delete decoder;
}
