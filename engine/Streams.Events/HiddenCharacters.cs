using System.Globalization;
using System.Text;

namespace Streams.Events;

/// <summary>
/// Characters that are shown by their number wherever text of a record is written. Who writes a record chooses its strings: a control
/// character can rewrite what is on a terminal, a bidirectional control reorders it, a letter without width hides in it.
/// </summary>
public static class HiddenCharacters
{
    /// <summary>
    /// Whether a character is one of them: by its Unicode category a control (C0, DEL, C1), a format (bidirectional controls, letters
    /// without width, the byte order mark, tags), the end of a line or a paragraph, not assigned, or for private use.
    /// </summary>
    public static bool Contains(Rune character) => Rune.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;
}
