using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>Fields of several values.</summary>
internal sealed partial class Decoder
{
    private readonly List<Piece> _items = [];

    /// <summary>Puts the values of a list into <see cref="_items"/>.</summary>
    private void Gather(FieldId id)
    {
        _items.Clear();
        switch (id)
        {
            case FieldId.EventCategory:
                AddTexts(Meaning()?.EcsCategories ?? [], SecondRule()?.EcsCategories ?? []);
                if (_items.Count == 0) _items.Add(Piece.From(Normalizations.Category(_event!.Type)));
                break;
            case FieldId.EventType:
                AddTexts(Meaning()?.EcsTypes ?? [], SecondRule()?.EcsTypes ?? []);
                break;
            case FieldId.ProcessArgs:
                AddArguments();
                if (_items.Count == 0) AddAdded(AddedField.Args);
                break;
            case FieldId.MissingArguments:
                AddMissingArguments();
                break;
            case FieldId.UnplacedPaths:
                AddUnplacedPaths();
                break;
            case FieldId.Tags:
                AddTags();
                break;
            case FieldId.RelatedUser:
                AddNames();
                break;
            case FieldId.ParentArgs:
                AddAdded(AddedField.ParentArgs);
                break;
            case FieldId.ProcessAncestors:
                AddAdded(AddedField.Ancestors);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(id), id, "no list");
        }
    }

    // An event named by another record than its SYSCALL is also what the call is.
    private Normalization? SecondRule() => Meaning() != _callRule ? _callRule : null;

    private void AddTexts(ImmutableArray<string> first, ImmutableArray<string> second)
    {
        foreach (string text in first) _items.Add(Piece.From(text));
        foreach (string text in second) _items.Add(Piece.From(text));
    }

    /// <summary>The array itself where the list is that of one rule, so that reading it makes nothing.</summary>
    private string[]? Ready(FieldId id)
    {
        if (id is not (FieldId.EventCategory or FieldId.EventType)) return null;
        if (Meaning() is not { } rule || SecondRule() is not null) return null;
        ImmutableArray<string> texts = id == FieldId.EventCategory ? rule.EcsCategories : rule.EcsTypes;
        return texts.IsDefaultOrEmpty ? null : ImmutableCollectionsMarshal.AsArray(texts);
    }

    private void AddTags()
    {
        int index = Any(RecordKey.Key);
        if (index < 0) return;
        Piece key = Raw(index);
        if (key.Form == PieceForm.Hex)
        {
            // Several keys of one rule, joined by 0x01 (AUDIT_KEY_SEPARATOR of libaudit).
            int start = _scratch.Length;
            Span<byte> room = _scratch.Append(key.Length / 2);
            Hex.Decode(key.Bytes, room);
            while (true)
            {
                int length = room.IndexOf((byte)1);
                ReadOnlySpan<byte> tag = length < 0 ? room : room[..length];
                if (!tag.IsEmpty) _items.Add(Piece.From(PieceForm.Literal, _scratch.Buffer, start, tag.Length));
                if (length < 0) return;
                room = room[(length + 1)..];
                start += length + 1;
            }
        }

        // Old kernels wrote key="key=name".
        ReadOnlySpan<byte> text = key.Bytes;
        int skipped = text.StartsWith("key="u8) ? 4 : 0;
        _items.Add(Piece.From(PieceForm.Literal, _text, key.Start + skipped, key.Length - skipped));
    }

    private void AddNames()
    {
        AddName(EcsTarget.User);
        AddName(EcsTarget.UserEffective);
        AddName(EcsTarget.UserTarget);
        AddName(EcsTarget.UserChanges);
    }

    private void AddName(EcsTarget target)
    {
        Piece name = target == EcsTarget.User && Who(target).IsSet ? User().Name : Who(target).Name;
        if (name.IsMissing) return;
        foreach (Piece known in _items)
        {
            if (Same(known, name)) return;
        }

        _items.Add(name);
    }
}
