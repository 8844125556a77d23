namespace Streams.Events.Decoding;

internal sealed partial class Decoder
{
    /// <summary>The same as <see cref="CallFacts.Read"/> from a record that is not as the kernel writes it, or of another type.</summary>
    public CallFacts ReadCall()
    {
        CallFacts facts = default;
        facts.IsRead = true;
        facts.Arch = Arch();
        int index = Actor(RecordKey.Syscall);
        if (index >= 0 && Integers.TryParse(Bytes(index), out long number) && number is >= 0 and <= int.MaxValue)
        {
            facts.HasNumber = true;
            facts.Number = (int)number;
        }

        index = Actor(RecordKey.Exit);
        if (index >= 0 && ExitCode.TryParse(Bytes(index), out long exit)) facts.Exit = exit;
        index = Actor(RecordKey.Success);
        if (index < 0) index = Actor(RecordKey.Res);
        if (index >= 0) facts.Result = AuditEvent.IsSuccess(Bytes(index)) ? AuditResult.Success : AuditResult.Fail;
        _ = Argument(0, out facts.Argument);
        return facts;
    }

    /// <summary>A field of the records by its own name.</summary>
    public string? Data(string name)
    {
        ushort key = RecordKey.Find(name);
        if (key != RecordKey.Unknown)
        {
            if (!MayHave(key)) return null;
            int known = Any(key);
            if (known >= 0) return Strings.Of(Shown(known));
            if (key == RecordKey.Result)
            {
                int success = Actor(RecordKey.Success);
                return Strings.Of(ResultText(success >= 0 ? success : Any(RecordKey.Res)));
            }
        }

        Span<byte> utf8 = name.Length <= 128 ? stackalloc byte[512] : new byte[3 * name.Length];
        ReadOnlySpan<byte> wanted = utf8[..System.Text.Encoding.UTF8.GetBytes(name, utf8)];
        if (key == RecordKey.Unknown && Find(wanted) is >= 0 and var unknown) return Strings.Of(Raw(unknown));

        // PATH, SOCKADDR and EXECVE come last: they are gathered elsewhere.
        for (int i = 0; i < _recordCount; i++)
        {
            if (!IsGathered(_records[i].Type)) continue;
            Read(ref _records[i]);
            for (int token = _records[i].First; token < _records[i].Last; token++)
            {
                if (_scanner[token].Form == PieceForm.Missing || _scanner[token].Part == TokenPart.Enriched) continue;
                if (KeyText(_scanner[token]).SequenceEqual(wanted)) return Strings.Of(Shown(token));
            }
        }

        return null;
    }
}
