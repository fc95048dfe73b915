/* check_type.c - types: from what is written to what is meant; equality; how they are told. */
#include <string.h>

#include "engine/check.h"
#include "engine/limits.h"
#include "grammar/slip.h"

const tr_type tr_type_error = {.kind = TYPE_ERROR};
const tr_type tr_type_truth = {.kind = TYPE_TRUTH};
const tr_type tr_type_text_ = {.kind = TYPE_TEXT};
const tr_type tr_type_texts = {.kind = TYPE_TEXTS};
const tr_type tr_type_number = {.kind = TYPE_NUMBER};
const tr_type tr_type_whole = {.kind = TYPE_WHOLE};
const tr_type tr_type_date = {.kind = TYPE_DATE};
const tr_type tr_type_time = {.kind = TYPE_TIME};
const tr_type tr_type_duration = {.kind = TYPE_DURATION};
const tr_type tr_type_business = {.kind = TYPE_BUSINESS};

bool tr_check_is_std(const tr_check *check, tr_span span) {
  return strncmp(check->diags->sources.files.items[span.file].path, "std/", 4) == 0;
}

/* A type's name as others write it: std.NAME for those of the standard rules. */
static const char *whole_name(const tr_check *check, const tr_type_decl *decl) {
  if (!tr_check_is_std(check, decl->name.span)) return decl->name.text;
  return tr_arena_print(check->arena, "std.%s", decl->name.text);
}

static bool same_type_name(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const char *name = ((const tr_symbols *)owner)->type_names[index];
  return strlen(name) == length && memcmp(name, bytes, length) == 0;
}

void tr_check_gather_types(tr_check *check) {
  tr_symbols *symbols = check->symbols;
  uint32_t count = check->tree->types.count;
  symbols->type_names = TR_NEW_ARRAY(check->arena, const char *, count + 1);
  tr_map_init(&symbols->types, symbols->memory, (tr_hash_key){1, 2}, same_type_name, symbols);
  for (uint32_t i = 0; i < count; i++) {
    const tr_type_decl *decl = check->tree->types.items[i];
    const char *name = symbols->type_names[i] = whole_name(check, decl);
    uint32_t first = tr_map_add(&symbols->types, name, strlen(name), i);
    if (first == i) continue;
    tr_diag *diag = tr_report(check->diags, DIAG_DUPLICATE, decl->name.span,
                              "type '%s' is declared twice", decl->name.text);
    tr_diag_related(diag, check->tree->types.items[first]->name.span, "first here");
  }
}

static const tr_type *follow_named(tr_check *check, tr_type *type, uint32_t index) {
  tr_type_decl *decl = check->tree->types.items[index];
  const char *name = check->symbols->type_names[index];
  if (decl->followed) {
    tr_report(check->diags, DIAG_DEFINED_BY_ITSELF, type->name.span, "type '%s' is made of itself",
              name);
    type->kind = TYPE_ERROR;
    return &tr_type_error;
  }
  decl->followed = true;
  const tr_type *meant = tr_check_type(check, decl->type);
  decl->followed = false;
  decl->type->known_as = name;
  return meant;
}

static void say_unknown_type(tr_check *check, const tr_type *type) {
  uint32_t count = check->tree->types.count;
  static const char *const built_in[] = {"text",     "number", "flag",  "date",        "time",
                                         "duration", "rep",    "stage", "money in EUR"};
  enum { BUILT_IN = sizeof built_in / sizeof *built_in };
  const char **names = TR_NEW_ARRAY(check->arena, const char *, count + BUILT_IN);
  for (uint32_t i = 0; i < count; i++) names[i] = check->symbols->type_names[i];
  memcpy(names + count, built_in, sizeof built_in);
  const char *meant = tr_slip_type(type->name.text);
  if (meant) {
    tr_diag *diag = tr_report(check->diags, DIAG_UNKNOWN_TYPE, type->name.span,
                              "'%s' is not a type", type->name.text);
    tr_diag_help(diag, "Write '%s'.", meant);
  } else {
    tr_check_unknown(check, DIAG_UNKNOWN_TYPE, type->name, "a type", names, count + BUILT_IN);
  }
}

static const tr_type *find_named(tr_check *check, tr_type *type) {
  const char *name = type->name.text;
  uint32_t index = tr_map_find(&check->symbols->types, name, strlen(name));
  if (index != TR_MAP_NONE) return follow_named(check, type, index);
  if (strcmp(name, "phase") != 0) {
    say_unknown_type(check, type);
  } else {
    if (check->symbols->phase_type) return check->symbols->phase_type;
    tr_check_no_phases(check, type->name.span);
  }
  type->kind = TYPE_ERROR; /* said once, however often it is asked for */
  return &tr_type_error;
}

static void check_values(tr_check *check, tr_type *type) {
  uint32_t most = type->kind == TYPE_SET ? TR_SET_VALUES_MAX : TR_ENUM_VALUES_MAX;
  if (type->looked_at) return;
  type->looked_at = true;
  if (type->values.count > most) {
    tr_report(check->diags, DIAG_OUT_OF_RANGE, type->span, "this type has %u values; %u at most",
              type->values.count, most);
  }
  for (uint32_t i = 0; i < type->values.count; i++) {
    for (uint32_t k = 0; k < i; k++) {
      if (strcmp(type->values.items[i].text, type->values.items[k].text) != 0) continue;
      tr_report(check->diags, DIAG_DUPLICATE, type->values.items[i].span, "'%s' stands twice",
                type->values.items[i].text);
      return;
    }
  }
}

const tr_type *tr_check_type(tr_check *check, tr_type *type) {
  switch (type->kind) {
    case TYPE_NAMED: return find_named(check, type);
    case TYPE_SET:
      if (type->of && type->of->kind == TYPE_NAMED) {
        const tr_type *of = tr_check_type(check, (tr_type *)type->of);
        if (of->kind == TYPE_ERROR) type->kind = TYPE_ERROR;
        if (of->kind == TYPE_ERROR) return type;
        if (of->kind != TYPE_ONE_OF && of->kind != TYPE_SCALE) {
          tr_report(check->diags, DIAG_WRONG_TYPE, type->of->span,
                    "a set is of a 'one of' or a 'scale'");
          type->kind = TYPE_ERROR;
          return type;
        }
        type->of = of;
        type->values = of->values;
      }
      if (!type->of) {
        tr_type *of = TR_NEW(check->arena, tr_type);
        *of = (tr_type){.kind = TYPE_ONE_OF, .span = type->span, .values = type->values};
        type->of = of;
      }
      check_values(check, type);
      return type;
    case TYPE_ONE_OF:
    case TYPE_SCALE: check_values(check, type); return type;
    case TYPE_STAGE: return check->symbols->stage_type;
    default: return type;
  }
}

/* A business duration is no time until a calendar counts it. */
const tr_type *tr_check_type_told(tr_check *check, tr_type *type) {
  const tr_type *meant = tr_check_type(check, type);
  if (meant->kind != TYPE_BUSINESS) return meant;
  tr_diag *diag = tr_report(check->diags, DIAG_WRONG_TYPE, type->span,
                            "only a table or a definition gives a business duration");
  tr_diag_help(diag, "Write 'duration', or 'whole number' for a number of days.");
  type->kind = TYPE_ERROR;
  return type;
}

bool tr_type_has_values(const tr_type *type) {
  switch (type->kind) {
    case TYPE_ONE_OF:
    case TYPE_SCALE:
    case TYPE_SET:
    case TYPE_STAGE:
    case TYPE_PARTY: return true;
    default: return false;
  }
}

bool tr_type_is_ordered(const tr_type *type) {
  switch (type->kind) {
    case TYPE_ERROR:
    case TYPE_NUMBER:
    case TYPE_WHOLE:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_DURATION:
    case TYPE_MONEY:
    case TYPE_SCALE: return true;
    default: return false;
  }
}

bool tr_type_is_text(const tr_type *type) {
  return type->kind == TYPE_TEXT || type->kind == TYPE_REP;
}

uint32_t tr_type_value(const tr_type *type, const char *name) {
  for (uint32_t i = 0; i < type->values.count; i++) {
    if (strcmp(type->values.items[i].text, name) == 0) return i;
  }
  return UINT32_MAX;
}

static bool same_values(const tr_type *a, const tr_type *b) {
  if (a->values.count != b->values.count) return false;
  for (uint32_t i = 0; i < a->values.count; i++) {
    if (strcmp(a->values.items[i].text, b->values.items[i].text) != 0) return false;
  }
  return true;
}

static bool is_number(const tr_type *type) {
  return type->kind == TYPE_NUMBER || type->kind == TYPE_WHOLE;
}

bool tr_type_same(const tr_type *a, const tr_type *b) {
  if (a == b || a->kind == TYPE_ERROR || b->kind == TYPE_ERROR) return true;
  if (is_number(a) && is_number(b)) return true;
  if (tr_type_is_text(a) && tr_type_is_text(b)) return true;
  if (a->kind != b->kind) return false;
  if (a->kind == TYPE_MONEY) return strcmp(a->currency, b->currency) == 0;
  if (a->kind == TYPE_SET && a->of && b->of && a->of != b->of) return tr_type_same(a->of, b->of);
  if (!tr_type_has_values(a)) return true;
  if (a->known_as || b->known_as) {
    return a->known_as && b->known_as && strcmp(a->known_as, b->known_as) == 0;
  }
  return same_values(a, b);
}

static const char *values_text(tr_arena *arena, const char *head, const tr_type *type,
                               const char *between) {
  const char *text = head;
  for (uint32_t i = 0; i < type->values.count && i < 6; i++) {
    text = tr_arena_print(arena, "%s%s%s", text, i ? between : "", type->values.items[i].text);
  }
  return tr_arena_print(arena, "%s%s)", text, type->values.count > 6 ? ", …" : "");
}

const char *tr_type_text(tr_arena *arena, const tr_type *type) {
  if (type->known_as) return type->known_as;
  switch (type->kind) {
    case TYPE_TRUTH: return "true or false";
    case TYPE_TEXT: return "text";
    case TYPE_NUMBER: return "number";
    case TYPE_WHOLE: return "whole number";
    case TYPE_DATE: return "date";
    case TYPE_TIME: return "time";
    case TYPE_DURATION: return "duration";
    case TYPE_BUSINESS: return "business duration";
    case TYPE_MONEY: return tr_arena_print(arena, "money in %s", type->currency);
    case TYPE_REP: return "rep";
    case TYPE_ONE_OF: return values_text(arena, "one of (", type, ", ");
    case TYPE_SCALE: return values_text(arena, "scale (", type, " < ");
    case TYPE_SET:
      if (type->of && type->of->known_as)
        return tr_arena_print(arena, "set of %s", type->of->known_as);
      return values_text(arena, "set of (", type, ", ");
    case TYPE_TEXTS: return "list of text";
    case TYPE_STAGE: return "stage";
    case TYPE_PARTY: return "party";
    case TYPE_ERROR:
    case TYPE_NAMED: break;
  }
  return "something else";
}
