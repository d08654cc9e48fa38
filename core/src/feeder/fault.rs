//! Why a resource cannot be fed. The shell then falls back to a plain `src`.

macro_rules! faults {
    ($($name:ident = $text:literal;)*) => {
        /// What is wrong with a resource, for good: more bytes will not help.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault { $(#[doc = $text] $name,)* }

        impl Fault {
            /// Every fault.
            pub const ALL: &'static [Fault] = &[$(Fault::$name,)*];

            /// One line for a developer.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Fault::$name => $text,)* }
            }
        }
    };
}

faults! {
    NotMp4 = "these are not the bytes of an MP4 file";
    Malformed = "a box is shorter than its header or reaches beyond its parent";
    NoMovie = "there is no moov box";
    TooBig = "a header, a sample or what is held is larger than a player takes";
    TooMany = "there are more boxes, tracks or samples than a player takes";
    Tables = "the sample tables contradict each other";
    Outside = "a sample lies outside the file";
    NoVideo = "there is no video track";
    NoKeyFrame = "no key frame near the start";
    Codec = "a codec that has no name in RFC 6381";
    Encrypted = "the media is encrypted";
    Edit = "an edit list that MediaSource cannot express";
    Descriptions = "a track changes its sample description";
    Playlist = "this is not a playlist the feeder reads";
    Live = "the playlist has no end";
}
