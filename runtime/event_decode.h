/* event_decode.h - one line of a feed, a CloudEvent in JSON, made a treaty_event or refused.
 *
 * The whole line is validated, unread parts too. Values come out exact or not at all.
 *
 * Ownership: the line is the caller's. What an event points to lies in the line or in the decoder,
 * and lives until the decoder's next call or the end of the line's buffer. A decoder serves any
 * number of lines and programs, one after the other. */
#ifndef EVENT_DECODE_H
#define EVENT_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "include/treaty.h"

#ifdef __cplusplus
extern "C" {
#endif

/* So many bytes behind a line must be readable, whatever they hold: the parser reads in large
 * steps. */
#define EVENT_DECODE_SPARE_BYTES 64

/* How long a line may be, unless --max-event-bytes says otherwise, and what that may say. A larger
 * limit would only be a larger hole: no event of a person's business needs it. */
#define EVENT_DECODE_LINE_BYTES_DEFAULT (128 * 1024)
#define EVENT_DECODE_LINE_BYTES_LIMIT   (16 * 1024 * 1024)

/* Nesting deeper than this is refused (too_deep). The line's own object is the first level. */
#define EVENT_DECODE_NESTING_MAX 32

/* A longer source, id, account, person or lead is refused (id_too_long). */
#define EVENT_DECODE_ID_BYTES_MAX 1024

typedef struct event_decoder event_decoder;

/* A decoder for lines of up to `line_bytes_max` bytes; longer ones it refuses (too_long). NULL: no
 * memory. */
event_decoder *event_decoder_new(size_t line_bytes_max);
void event_decoder_free(event_decoder *decoder);

/* Decodes a line without its line end. False: refused, *refusal says why, and of the event only
 * source and id may be used, where they could be read (else their bytes are NULL).
 *
 * Refuses what a line can be refused for. That an event names no account, comes from the future or
 * uses an id again is the engine's to find. Fields that no rule reads (`used` is false) are checked
 * and left absent. The keys of a type's fields must differ. */
TREATY_MUST_USE bool event_decode(event_decoder *decoder, const treaty_program *program,
                                  const char *line, size_t length, treaty_event *event,
                                  treaty_refusal *refusal);

/* The refusal for a line that is too long to be looked at. */
void event_decode_too_long(size_t length, size_t line_bytes_max, treaty_refusal *refusal);

#ifdef __cplusplus
}
#endif

#endif
