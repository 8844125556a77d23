using Streams.Events.Decoding;

namespace Streams.Events;

/// <summary>
/// Every way into the decoder is guarded: a query that reads a field at which decoding fails finds no such field, and goes on. To enter
/// a guarded block costs nothing (ECMA-335 I.12.4.2: it is a range of code in a table), and nothing in it allocates.
/// </summary>
public sealed partial class AuditEvent
{
    /// <summary><c>streams.fault</c>.</summary>
    internal FieldValue ExaminedFault => FaultField();

    private protected override EventFault Examine()
    {
        if (_document is not null) return EventFault.None;
        try
        {
            _ = Decoder.Of(this).Document(original: false);
            return EventFault.None;
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            Decoder.Abandon();

            // Where no field fails, what fails is to write them.
            EventFault found = DocumentShape.Names.Any(name => IsBad(Field.Of(name))) ? EventFault.Decode : EventFault.Document;
            Fail(found, error);
            return found;
        }
    }

    private bool IsBad(Field field)
    {
        if (field.Id == FieldId.Fault) return false;
        try
        {
            _ = Decoder.Of(this).Value(field);
            return false;
        }
        catch (Exception error) when (EventFaults.IsContained(error))
        {
            Decoder.Abandon();
            return true;
        }
    }

    private void Fail(Exception error)
    {
        Decoder.Abandon();
        Fail(EventFault.Decode, error);
    }
}
