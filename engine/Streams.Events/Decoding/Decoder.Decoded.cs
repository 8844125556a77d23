using Streams.Events.Tables;

namespace Streams.Events.Decoding;

/// <summary>Numbers as text: <c>auditd.decoded</c>.</summary>
internal sealed partial class Decoder
{
    // Sets of capabilities: BPRM_FCAPS (what a program file gave), CAPSET.
    private static readonly ushort[] CapabilitySets =
    [
        RecordKey.Fp, RecordKey.Fi, RecordKey.OldPp, RecordKey.OldPi, RecordKey.OldPe, RecordKey.OldPa, RecordKey.Pp, RecordKey.Pi,
        RecordKey.Pe, RecordKey.Pa, RecordKey.NewPp, RecordKey.NewPi, RecordKey.NewPe,
        RecordKey.CapPi, RecordKey.CapPp, RecordKey.CapPe, RecordKey.CapPa,
    ];

    // What a file gives to whoever executes it (PATH).
    private static readonly ushort[] FileCapabilitySets = [RecordKey.CapFp, RecordKey.CapFi];

    private static readonly byte[] SocketcallProperty = JsonText.Name("socketcall");
    private static readonly byte[] SignalProperty = JsonText.Name("signal");

    private FieldValue Decoded(Field field)
    {
        if (field.Key != RecordKey.Unknown && Array.IndexOf(CapabilitySets, field.Key) >= 0)
        {
            return Capabilities(field.Key) is { } names ? FieldValue.From(names) : FieldValue.Missing;
        }

        if (field.Key != RecordKey.Unknown && Array.IndexOf(FileCapabilitySets, field.Key) >= 0)
        {
            return FileCapabilities(field.Key) is { } names ? FieldValue.From(names) : FieldValue.Missing;
        }

        foreach (Decodings.Decoding decoding in DecodingsOfCall())
        {
            if (field.IsSuffix(decoding.Name) && Text(decoding) is { } text) return FieldValue.From(text);
        }

        if (field.IsSuffix("socketcall")) return FieldValue.From(Socketcall());
        return field.IsSuffix("signal") ? FieldValue.From(RecordSignal()) : FieldValue.Missing;
    }

    private void WriteDecoded(JsonText json)
    {
        foreach (Decodings.Decoding decoding in DecodingsOfCall())
        {
            if (Text(decoding) is not { } text) continue;
            json.Property(decoding.Property);
            json.String(text);
        }

        if (Socketcall() is { } call)
        {
            json.Property(SocketcallProperty);
            json.String(call);
        }

        if (RecordSignal() is { } signal)
        {
            json.Property(SignalProperty);
            json.String(signal);
        }

        foreach (ushort key in FileCapabilitySets) Write(json, key, FileCapabilities(key));
        if (!HasCapabilities()) return;
        foreach (ushort key in CapabilitySets) Write(json, key, Capabilities(key));
    }

    private static void Write(JsonText json, ushort key, string[]? names)
    {
        if (names is null) return;
        json.Property(RecordKey.Property(key));
        json.StartArray();
        foreach (string name in names)
        {
            json.Element();
            json.String(name);
        }

        json.EndArray();
    }

    // Their keys are those of other things elsewhere: fp= is also the fingerprint of a key that sshd made.
    private bool HasCapabilities()
    {
        for (int i = 0; i < _recordCount; i++)
        {
            if (_records[i].Type is RecordType.BprmFcaps or RecordType.Capset) return true;
        }

        return false;
    }

    // The arguments of socketcall are in memory, so what the call itself would say of its arguments is not there.
    private ReadOnlySpan<Decodings.Decoding> DecodingsOfCall() =>
        _event!.SyscallId is var call and not SyscallId.None && !_event.IsSocketcall ? Decodings.Of(call) : [];

    private string? Text(Decodings.Decoding decoding) =>
        Argument(decoding.Argument, out ulong value) ? decoding.Text(Arch(), value, Argument(0, out ulong first) ? first : 0) : null;

    private bool Argument(int number, out ulong value)
    {
        value = 0;
        int index = Actor((ushort)(RecordKey.A0 + number));
        return index >= 0 && Hex.TryParse(Bytes(index), out value);
    }

    private string? Socketcall() => _event!.IsSocketcall ? Syscalls.Name(_event.SyscallId) : null;

    // The signal that ended a program (ANOM_ABEND); that of SECCOMP has its name in the data.
    private string? RecordSignal() =>
        _event!.Type == RecordType.AnomAbend && Any(RecordKey.Sig) is >= 0 and var index && Integers.TryParse(Bytes(index), out long number)
        && number is > 0 and < 65 ? Signals.Name((int)number) : null;

    private string[]? Capabilities(ushort key)
    {
        int index = HasCapabilities() ? DataIndex(key) : -1;
        if (index < 0 || _scanner[index].Part != TokenPart.Kernel || !Hex.TryParse(Bytes(index), out ulong mask) || mask == 0) return null;
        return CapabilityNames.Of(mask);
    }

    // Those of the first file that has any: a program's interpreter has none.
    private string[]? FileCapabilities(ushort key)
    {
        for (int i = 0; i < _recordCount; i++)
        {
            if (_records[i].Type != RecordType.Path) continue;
            Read(ref _records[i]);
            int index = FindIn(_records[i], key);
            if (index >= 0 && Hex.TryParse(Bytes(index), out ulong mask) && mask != 0) return CapabilityNames.Of(mask);
        }

        return null;
    }
}
