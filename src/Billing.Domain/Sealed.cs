using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Billing.Domain;

/// <summary>
/// A value of an event that identifies a person. It is encrypted before it is stored and is opaque to rules,
/// projections and logs.
/// </summary>
public interface ISealed
{
    /// <summary>True once <see cref="SealWith"/> was called, and for every value that was read from storage.</summary>
    bool IsSealed { get; }

    /// <summary>The encrypted form; null as long as the value is not sealed.</summary>
    byte[]? Ciphertext { get; }

    /// <summary>JSON of the value, to be encrypted. Only before the value is sealed.</summary>
    byte[] Plaintext();

    /// <summary>Keeps the decrypted value beside the encrypted one.</summary>
    /// <param name="plaintext">What <see cref="Plaintext"/> gave.</param>
    void Open(byte[] plaintext);

    /// <summary>Stores the encrypted form.</summary>
    /// <param name="ciphertext">The encrypted <see cref="Plaintext"/>.</param>
    /// <param name="fingerprint">
    /// A keyed hash of the plaintext: equal values of one subscription have equal fingerprints.
    /// </param>
    void SealWith(byte[] ciphertext, byte[] fingerprint);
}

#pragma warning disable CA1000 // The factories belong to the type, and their callers name it.

/// <inheritdoc cref="ISealed"/>
/// <remarks>JSON holds the encrypted form only; writing a value that is not sealed throws.</remarks>
[JsonConverter(typeof(SealedJsonConverterFactory))]
public sealed class Sealed<T> : ISealed, IEquatable<Sealed<T>>
    where T : class
{
    private T? plain;

    private Sealed(T? plain) => this.plain = plain;

    /// <summary>A value that is to be sealed before it is stored.</summary>
    public static Sealed<T> Of(T value) => new(value);

    /// <summary>Like <see cref="Of"/>; null stays null.</summary>
    public static Sealed<T>? OfNullable(T? value) => value is null ? null : new(value);

    /// <inheritdoc cref="OfNullable"/>
    public static implicit operator Sealed<T>?(T? value) => OfNullable(value);

    /// <summary>A value as it was stored.</summary>
    public static Sealed<T> Stored(
        byte[] ciphertext, byte[] fingerprint) => new(null) { Ciphertext = ciphertext, Fingerprint = fingerprint };

    public bool IsSealed => Ciphertext is not null;

    public byte[]? Ciphertext { get; private set; }

    public byte[]? Fingerprint { get; private set; }

    /// <summary>
    /// The readable value while it is in this process's memory; null where it was read from storage and not opened.
    /// </summary>
    public T? Value => plain;

    public byte[] Plaintext() => JsonSerializer.SerializeToUtf8Bytes(
        plain ?? throw new InvalidOperationException(
            "A stored value has no plaintext; open it with its key."), SealedValues.TypeInfo<T>());

    public void SealWith(byte[] ciphertext, byte[] fingerprint) =>
        (Ciphertext, Fingerprint) = (ciphertext, fingerprint);

    public void Open(byte[] plaintext) => plain = JsonSerializer.Deserialize(plaintext, SealedValues.TypeInfo<T>())!;

    /// <summary>By fingerprint where both are sealed, else by value.</summary>
    public bool Equals(Sealed<T>? other) => other is not null && (plain is not null && other.plain is not null
        ? plain.Equals(other.plain)
        : Fingerprint is not null && other.Fingerprint is not null
            && Fingerprint.AsSpan().SequenceEqual(other.Fingerprint));

    public override bool Equals(object? obj) => Equals(obj as Sealed<T>);

    public override int GetHashCode() => 0;

    /// <summary>Says nothing about the value.</summary>
    public override string ToString() => "(sealed)";
}

/// <summary>Writes a sealed value as one string: fingerprint, a dot, ciphertext, both in base64url.</summary>
public sealed class SealedJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Sealed<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        SealedValues.ConverterOf(typeToConvert.GetGenericArguments()[0]);
}

internal sealed class SealedJsonConverter<T> : JsonConverter<Sealed<T>>
    where T : class
{
    public override Sealed<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString()!;
        var dot = text.IndexOf('.', StringComparison.Ordinal);

        return dot < 0
            ? throw new JsonException("A sealed value is a fingerprint, a dot and a ciphertext.")
            : Sealed<T>.Stored(
                System.Buffers.Text.Base64Url.DecodeFromChars(text.AsSpan(dot + 1)), System.Buffers.Text.Base64Url
                    .DecodeFromChars(text.AsSpan(0, dot)));
    }

    public override void Write(Utf8JsonWriter writer, Sealed<T> value, JsonSerializerOptions options)
    {
        if (!value.IsSealed)
        {
            throw new InvalidOperationException("A personal value was about to be stored unsealed.");
        }

        writer.WriteStringValue(
            $"{Base64Url.EncodeToString(value.Fingerprint!)}.{Base64Url.EncodeToString(value.Ciphertext!)}");
    }
}
