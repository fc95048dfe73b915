/* ical.h - the lines of an iCalendar file (RFC 5545): unfolded, parted into name and value.
 *
 *     DTSTART;VALUE=DATE:2026\r\n        a line goes on where the next begins with a blank or tab
 *      1224\r\n                          -> DTSTART, with parameters, and 20261224
 *
 * What the lines mean is holidays.c's. Of the parameters only the names and values that stand
 * there are kept, as one text: holidays ask whether VALUE=DATE is among them. */
#ifndef TR_ICAL_H
#define TR_ICAL_H

#include "grammar/source.h"

typedef struct tr_ical_line {
  const char *name;       /* DTSTART, in capitals */
  const char *parameters; /* ;VALUE=DATE, in capitals, what stands in quotes left out; may be "" */
  const char *value;
  tr_span span; /* what of it stands on its first line */
} tr_ical_line;

typedef struct tr_ical {
  tr_arena *arena; /* of what tr_ical_next gives */
  const tr_source *source;
  uint32_t file, at;
} tr_ical;

/* Lines are folded behind so many bytes, and some programs do so in the middle of a letter: a copy
 * in which the rest of the letter stands in front of the fold, on the line where it begins. */
const char *tr_ical_mended(tr_arena *arena, const char *bytes, size_t length);

/* The next line that is not empty; false: there is none. One without a colon has value NULL. */
bool tr_ical_next(tr_ical *ical, tr_ical_line *line);

/* A text value as people read it: `\,` is a comma, an end of line a blank, as is what no eye sees;
 * cut off behind TR_HOLIDAY_NAME_BYTES_MAX. */
const char *tr_ical_text(tr_arena *arena, const char *value);

#endif
