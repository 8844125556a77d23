namespace Streams.Events.Tables;

/// <summary>What the index makes of a field.</summary>
internal enum AlertFieldType : byte
{
    /// <summary>A text.</summary>
    Keyword,

    /// <summary>Texts, a list also where there is one.</summary>
    Keywords,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Truth,

    /// <summary>A time.</summary>
    Date,

    /// <summary>An IP address.</summary>
    Address,
}

/// <summary>A field of an alert's first event that stands at the top of the alert's document (<c>alert-fields.table</c>).</summary>
internal sealed class AlertField(string name, AlertFieldType type)
{
    /// <summary>The field, by its dotted name.</summary>
    public Field Field { get; } = Field.Of(name);

    /// <summary>The names of the objects that it is in and its own.</summary>
    public string[] Path { get; } = name.Split('.');

    /// <summary>What it must be.</summary>
    public AlertFieldType Type { get; } = type;
}
