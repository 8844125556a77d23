using System.Security.Cryptography;
using Streams.Engine.Keys;
using Streams.Engine.Shards;

namespace Streams.Engine;

/// <summary>A term that was not seen before.</summary>
/// <typeparam name="T">What brought it.</typeparam>
/// <typeparam name="TTerm">The type of the term.</typeparam>
public sealed class NewTerm<T, TTerm> : Episode<TTerm>
{
    /// <summary>What brought it.</summary>
    public required T Event { get; init; }

    /// <summary>The term.</summary>
    public TTerm Term => Key;

    /// <summary>
    /// Of a fleet query with <c>host:</c>: whether no host has shown the term, rather than only this one. False while only one host is
    /// known.
    /// </summary>
    public bool IsNewInFleet { get; init; }

    /// <summary>Of a fleet query with <c>host:</c>: whether another host has shown the term.</summary>
    public bool IsKnownElsewhere { get; init; }
}

/// <summary><c>.NewTerm(…)</c>: what has not been seen before.</summary>
public static class NewTermOperator
{
    /// <summary>
    /// Finds terms that the host, in a fleet query the fleet, has not shown within <paramref name="remember"/>; each time a term is seen
    /// it is remembered anew, and what arrives late or out of order makes it no older. A null term is none, and so is a tuple with a part
    /// that is null. When a scope holds <paramref name="maxTerms"/> terms, of which none is old enough to be forgotten by the watermark,
    /// further ones are said each time and not remembered, and counted.
    /// </summary>
    /// <param name="source">Where from.</param>
    /// <param name="name">The operator's name, its own within the query.</param>
    /// <param name="term">The term: a string, a number, an enum, an address, or a tuple of such.</param>
    /// <param name="remember">
    /// How long a term is known after it was last seen, by occurred time; at exactly that age it is new again.
    /// </param>
    /// <param name="learn">How long, from the first event of the host or fleet, terms are remembered and nothing is said.</param>
    /// <param name="maxTerms">How many terms a host, in a fleet query the fleet, may have.</param>
    /// <param name="host">
    /// In a fleet query: also finds what is new on a host, by terms of its own and learning from its own first event on; each finding says
    /// which it is (<see cref="NewTerm{T, TTerm}.IsNewInFleet"/>) and comes once. So many hosts have terms of their own as have a state of
    /// their own (100,000 by default); of others only what is new in the fleet is found, which is counted.
    /// </param>
    public static IObservable<NewTerm<T, TTerm>> NewTerm<T, TTerm>(
        this IObservable<T> source,
        string name,
        Func<T, TTerm> term,
        TimeSpan remember,
        TimeSpan learn = default,
        int maxTerms = 1_000_000,
        Func<T, string>? host = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(term);
        ArgumentOutOfRangeException.ThrowIfLessThan(remember, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(learn, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTerms, 1);
        return new NewTerms<T, TTerm>(source, name, term, remember, learn, maxTerms, host);
    }

    private sealed class NewTerms<T, TTerm>(
        IObservable<T> source, string name, Func<T, TTerm> term, TimeSpan remember, TimeSpan learn, int maxTerms, Func<T, string>? host)
        : NamedOperator<T, NewTerm<T, TTerm>>(name, source)
    {
        private readonly KeyCodec<TTerm> _codec = KeyCodec<TTerm>.Instance;
        private readonly Scoped<TermTable> _tables = new(_ => new TermTable(remember.Ticks, maxTerms));
        private readonly (TTerm? Term, UInt128 Hash)[] _recent = new (TTerm?, UInt128)[RecentTerms];
        private readonly long _learn = (Shard.Current.Options.Learn ?? learn).Ticks;

        private readonly Dictionary<string, TermTable> _hosts = new(StringComparer.Ordinal);

        public override long Held => _tables.Held + _hosts.Values.Sum(t => (long)t.Count);

        public override TimeSpan Learns => new(_learn);

        protected override void On(T value)
        {
            TTerm found = term(value);
            if (_codec.HasNull(found)) return;
            Moment moment = Moment.Of(value, Shard);
            UInt128 hash = HashOf(found);
            bool isKnown = See(_tables[Scope], hash, moment);
            bool isNew = !isKnown && HasLearnt(Scope, moment);
            bool isNewInFleet = false;
            if (host is not null && Run.IsFleet)
            {
                TermTable? own = TableOf(host(value));
                isNewInFleet = isNew && _hosts.Count > 1;
                if (own is not null && !See(own, hash, moment)) isNew |= HasLearnt(Shard.SubjectHost ?? Scope, moment);
            }

            if (!isNew) return;
            DateTimeOffset at = moment.Id.Occurred;
            Say(new NewTerm<T, TTerm>
            {
                Key = found,
                Event = value,
                Host = moment.Host,
                Trigger = moment.Id,
                IsNewInFleet = isNewInFleet,
                IsKnownElsewhere = isKnown,
                Timestamp = at,
                At = moment.Occurred,
                Started = at,
                Ended = at,
                Evidence = Evidence.Of(value, Shard.Event),
            });
        }

        // Whether a table knew the term.
        private bool See(TermTable table, UInt128 hash, Moment moment)
        {
            TermSeen seen = table.See(hash, moment.Occurred, Scope.Watermark);
            if (seen == TermSeen.NoRoom) CountCap();
            return seen == TermSeen.Known;
        }

        private bool HasLearnt(Scope scope, Moment moment) => _learn == 0
            || (scope.FirstOccurred != long.MinValue
                && moment.Occurred - Run.Quarantine.LearnsFrom(scope, scope.FirstOccurred, _learn) >= _learn);

        private TermTable? TableOf(string name)
        {
            if (_hosts.TryGetValue(name, out TermTable? table)) return table;
            if (_hosts.Count >= Shard.Options.MaxHosts)
            {
                CountCap();
                return null;
            }

            table = new TermTable(remember.Ticks, maxTerms);
            _hosts.Add(name, table);
            return table;
        }

        // Terms repeat; the few that are common are found here by their values, without hashing them again.
        private UInt128 HashOf(TTerm found)
        {
            ref (TTerm? Term, UInt128 Hash) recent = ref _recent[(uint)found!.GetHashCode() % RecentTerms];
            if (EqualityComparer<TTerm>.Default.Equals(recent.Term, found) && recent.Hash != default) return recent.Hash;
            var key = new KeyWriter(stackalloc byte[512]);
            _codec.Write(ref key, found);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(key.Written, hash);
            recent = (found, System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash));
            return recent.Hash;
        }

        private const int RecentTerms = 1024;
    }
}

/// <summary>What a table knew of a term.</summary>
internal enum TermSeen
{
    Known,
    New,
    NoRoom,
}

/// <summary>
/// The terms of one scope: open addressing over 128 bits of SHA-256 and when each was last seen, 24 bytes an entry. A hash that somebody
/// who chooses the terms could steer would let him hide one term behind another. Forgotten terms are swept out before the table grows.
/// </summary>
internal sealed class TermTable(long remember, int most) : IHolds
{
    private UInt128[] _hashes = [];

    // 0 where the place is free.
    private long[] _seen = [];
    private long _oldest;

    public int Count { get; private set; }

    public TermSeen See(UInt128 hash, long occurred, long watermark)
    {
        occurred = Math.Max(1, occurred);
        if (_hashes.Length > 0)
        {
            ref long seen = ref _seen[Place(hash)];
            if (seen != 0)
            {
                // Out of order, the later sight stands; to an event before it the term is known as well.
                bool known = occurred - seen < remember;
                seen = Math.Max(seen, occurred);
                return known ? TermSeen.Known : TermSeen.New;
            }
        }

        if (Count >= most && !Sweep(watermark)) return TermSeen.NoRoom;
        bool isCrowded = (Count + 1) * 4L > _hashes.Length * 3L;
        if (isCrowded && !(Sweep(watermark) && (Count + 1) * 2L <= _hashes.Length)) Rebuild(Math.Max(16, _hashes.Length * 2), 0);
        int free = Place(hash);
        _hashes[free] = hash;
        _seen[free] = occurred;
        _oldest = Math.Min(_oldest, occurred);
        Count++;
        return TermSeen.New;
    }

    private int Place(UInt128 hash)
    {
        int mask = _hashes.Length - 1;
        int place = (int)(uint)hash & mask;
        while (_seen[place] != 0 && _hashes[place] != hash) place = (place + 1) & mask;
        return place;
    }

    // Whether it made room. What is to come occurred after the watermark, so a term is forgotten by that. It is not tried before the oldest
    // that was there at the last try can be old enough.
    private bool Sweep(long watermark)
    {
        if (_hashes.Length == 0 || watermark < _oldest + remember) return false;
        long forgotten = watermark - remember;
        int count = Count;
        Rebuild(_hashes.Length, forgotten);
        return Count < count;
    }

    private void Rebuild(int length, long forgottenUpTo)
    {
        UInt128[] hashes = _hashes;
        long[] seen = _seen;
        _hashes = new UInt128[length];
        _seen = new long[length];
        _oldest = long.MaxValue;
        Count = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            if (seen[i] == 0 || seen[i] <= forgottenUpTo) continue;
            int place = Place(hashes[i]);
            _hashes[place] = hashes[i];
            _seen[place] = seen[i];
            _oldest = Math.Min(_oldest, seen[i]);
            Count++;
        }
    }
}
