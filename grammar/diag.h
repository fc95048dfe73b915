/* diag.h - findings about a treaty: collected while it is read and checked, shown when all is
 * known.
 *
 * One cause, one error: what has failed has the type `error`, which agrees with everything.
 * Findings are shown in the order of the files, whatever order they were found in. */
#ifndef TR_DIAG_H
#define TR_DIAG_H

#include "grammar/diag_codes.h"
#include "grammar/source.h"
#include "treaty.h"

typedef enum tr_diag_code {
#define TR_DIAG_ENUM(name, word, severity, page) DIAG_##name,
  TR_DIAG_CODES(TR_DIAG_ENUM)
#undef TR_DIAG_ENUM
      DIAG_COUNT
} tr_diag_code;

typedef struct tr_related {
  tr_span span;
  const char *label; /* behind the underline, or NULL */
} tr_related;

typedef struct tr_diag tr_diag;
struct tr_diag {
  tr_diag_code code;
  tr_span span;
  const char *message, *help;
  TR_LIST(tr_related) related;
  tr_arena *arena;
};

/* Public as treaty_diags: it owns the sources, so that it can be shown after the load is over. */
typedef struct treaty_diags {
  tr_memory memory;
  tr_arena arena;
  tr_sources sources;
  TR_LIST(tr_diag *) found;
  size_t error_count;
  size_t kept_count[2]; /* of those found, by severity */
  treaty_diag shown;    /* what treaty_diags_at gave last */
} tr_diags;

/* Adds a finding; past TR_DIAGS_MAX of one severity further ones are counted but not kept: warnings
 * push no error out. Never NULL. */
tr_diag *tr_report(tr_diags *diags, tr_diag_code code, tr_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Whether no further error is kept: what costs time to say of one is then left unsaid. */
bool tr_diags_is_full(const tr_diags *diags);

/* What to do about it: whole sentences; only when we are sure. */
void tr_diag_help(tr_diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Another place that the finding is about. */
void tr_diag_related(tr_diag *diag, tr_span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What is looked at once for each case of a test may be found again: takes out of the findings from
 * the index `from` on what was said before, word for word, of the same place. */
void tr_diags_drop_repeats(tr_diags *diags, uint32_t from);

/* Takes out one that was kept, as another one says it. */
void tr_diags_drop(tr_diags *diags, const tr_diag *said);
/* Drops what is no error. */
void tr_diags_drop_warnings(tr_diags *diags);

/* Puts the findings in the order of files and places. Called once, before they are shown. */
void tr_diags_sort(tr_diags *diags);

#endif
