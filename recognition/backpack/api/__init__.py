"""The Open Badges 3.0 API under `/ims/ob/v3p0`, for programs that a member let in (specification: 1EdTech, section 6)."""
